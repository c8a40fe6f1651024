package dev.kiroku.serving.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChildEnvironmentTest {
    private static final List<String> HARMLESS = List.of(
            "PATH",
            "HOME",
            "LC_ALL",
            "PYTHONPATH",
            "PYTHONHASHSEED",
            "MLFLOW_DISABLE_TELEMETRY",
            "MLFLOW_TRACKING_INSECURE_TLS",
            "MLFLOW_TRACKING_URI",
            "OMP_NUM_THREADS",
            "TOKENIZERS_PARALLELISM",
            "https_proxy");
    private static final List<String> CREDENTIALS = List.of(
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "MLFLOW_TRACKING_USERNAME",
            "MLFLOW_TRACKING_PASSWORD",
            "MLFLOW_TRACKING_TOKEN",
            "MLFLOW_FLASK_SERVER_SECRET_KEY",
            "HF_TOKEN",
            "KIROKU_SECRET_KEY",
            "OPENAI_API_KEY",
            "DATABASE_URL",
            "ANYTHING_ELSE");

    private static Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        HARMLESS.forEach(name -> environment.put(name, "x"));
        CREDENTIALS.forEach(name -> environment.put(name, "x"));
        environment.put("PIP_INDEX_URL", "x");
        return environment;
    }

    @Test
    void workersInheritNoCredentials() {
        Map<String, String> environment = environment();
        ChildEnvironment.retainInherited(environment);
        assertEquals(Set.copyOf(HARMLESS), environment.keySet());
    }

    @Test
    void addressesWithPasswordsAreNotInherited() {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "MLFLOW_TRACKING_URI", "https://user:password@host:5000", "MLFLOW_REGISTRY_URI", "https://host:5000"));
        ChildEnvironment.retainInherited(environment);
        assertEquals(Set.of("MLFLOW_REGISTRY_URI"), environment.keySet());
    }

    @Test
    void operatorsCanNameFurtherVariables() {
        Map<String, String> environment = environment();
        environment.put(ChildEnvironment.EXTRA_NAMES, "OPENAI_API_KEY, AWS_*");
        ChildEnvironment.retainInherited(environment);
        assertEquals(
                Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY"),
                environment.keySet().stream()
                        .filter(name -> !HARMLESS.contains(name))
                        .collect(java.util.stream.Collectors.toSet()));
    }

    @Test
    void installersInheritTheirSettings() {
        Map<String, String> environment = environment();
        ChildEnvironment.retainForInstallation(environment);
        assertEquals(HARMLESS.size() + 1, environment.size());
        assertEquals("x", environment.get("PIP_INDEX_URL"));
    }
}
