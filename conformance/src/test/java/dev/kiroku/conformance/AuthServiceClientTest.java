package dev.kiroku.conformance;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls every method of the {@code AuthServiceClient} of released versions of MLflow, unmodified, on Kiroku. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthServiceClientTest {
    private static final Map<String, String> ADMIN =
            Map.of("MLFLOW_TRACKING_USERNAME", "admin", "MLFLOW_TRACKING_PASSWORD", "correct horse battery");

    private ServerProcess server;

    @BeforeAll
    void start() {
        server = KirokuServers.onSqlite(
                Map.of("MLFLOW_AUTH_ADMIN_PASSWORD", "correct horse battery"), "--app-name", "basic-auth");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.17.2", "3.18.0", "2.22.4"})
    void everyMethodWorks(String release, @TempDir Path folder) throws Exception {
        PythonFixture python = PythonFixture.withMlflow(folder);
        Map<String, String> environment = new HashMap<>(ADMIN);
        environment.put("PYTHONPATH", PythonFixture.packageOf(release).toString());
        python.runScript("clients/auth_service.py", environment, release, server.uri());
    }
}
