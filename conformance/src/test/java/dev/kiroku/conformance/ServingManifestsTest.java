package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Validates the manifests for Kubernetes against the schemas of Kubernetes. */
class ServingManifestsTest {
    private static final Path MANIFESTS =
            Path.of("..", "deploy", "serving", "kubernetes.yaml").toAbsolutePath();

    @Test
    void manifestsMatchKubernetesSchemas(@TempDir Path folder) throws Exception {
        PythonFixture python = PythonFixture.withKubernetesSchemas(folder);
        python.runScript("serving/manifests.py", MANIFESTS.toString());
        for (List<String> mistake : List.of(
                List.of("replicas: 3", "replicas: three"),
                List.of("minAvailable", "leastAvailable"),
                List.of("averageValue", "average"))) {
            Path wrong = Files.writeString(
                    folder.resolve("wrong.yaml"),
                    Files.readString(MANIFESTS).replace(mistake.getFirst(), mistake.getLast()));
            assertThrows(
                    AssertionError.class,
                    () -> python.runScript("serving/manifests.py", wrong.toString()),
                    mistake.toString());
        }
    }
}
