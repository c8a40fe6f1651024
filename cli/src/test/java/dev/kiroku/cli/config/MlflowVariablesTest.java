package dev.kiroku.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MlflowVariablesTest {
    @Test
    void variablesWithoutEffectAreNamedIfTheyAreSet() {
        assertEquals(
                List.of(
                        "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE is set but has no effect: connections are pooled as --workers says, and statements are"
                                + " not logged.",
                        "MLFLOW_LOGGING_LEVEL is set but has no effect: set --log-level."),
                MlflowVariables.warnings(Map.of(
                        "MLFLOW_LOGGING_LEVEL", "DEBUG",
                        "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE", "5",
                        "MLFLOW_AUTH_CONFIG_PATH", " ",
                        "MLFLOW_PORT", "5000",
                        "MLFLOW_S3_ENDPOINT_URL", "http://localhost:9000",
                        "MLFLOW_TRACKING_URI", "http://localhost:5000",
                        "MLFLOW_HTTP_REQUEST_TIMEOUT", "5")));
    }

    @Test
    void eachVariableIsDeclaredOnce() {
        List<String> names = MlflowVariables.names().toList();
        assertEquals(names.stream().distinct().toList(), names);
    }
}
