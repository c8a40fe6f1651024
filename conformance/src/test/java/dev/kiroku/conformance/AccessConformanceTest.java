package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.reference.MlflowInstallation;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares servers with users: MLflow and Kiroku are started with {@code --app-name basic-auth}, the same {@code basic_auth.ini} and the same variables, and
 * the calls of the scenarios are sent as different users.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessConformanceTest {
    private static final List<String> PEOPLE = List.of("owner", "reader", "stranger", "denied");

    private final ComparisonRun run = new ComparisonRun();

    @BeforeAll
    void startServers(@TempDir Path folder) throws IOException {
        MlflowInstallation mlflow = ComparisonRun.install();
        mlflow.addPackages(List.of("flask_wtf"), List.of("Flask-WTF<2"));
        Map<String, String> environment = environment(folder);
        run.setReference(startMlflow(mlflow, "MLflow " + MlflowInstallation.VERSION, environment));
        if (ComparisonRun.SELF) {
            run.addTarget(startMlflow(mlflow, "MLflow again", environment));
        } else {
            String[] options = {"--app-name", "basic-auth", "--mlflow-ui=" + mlflow.environment()};
            run.addTarget(KirokuServers.onSqlite(environment, options));
            run.addTarget(
                    KirokuServers.onPostgres(run.open(EmbeddedPostgres.start()).getPort(), environment, options));
        }
        run.servers().forEach(this::addPeople);
    }

    private static Map<String, String> environment(Path folder) throws IOException {
        Path file = folder.resolve("basic_auth.ini");
        // MLflow takes a quarter of a second to check a password, so it is told to remember.
        Files.writeString(file, """
                [mlflow]
                default_permission = READ
                database_uri = sqlite:///basic_auth.db
                admin_username = admin
                admin_password = %s
                auth_cache_ttl_seconds = 600
                authorization_function = mlflow.server.auth:authenticate_request_basic_auth
                """.formatted(ApiCall.Person.password("admin")));
        return Map.of(
                "MLFLOW_AUTH_CONFIG_PATH", file.toString(),
                "MLFLOW_FLASK_SERVER_SECRET_KEY", "only MLflow needs it",
                "MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    }

    private static ConformanceServer startMlflow(
            MlflowInstallation mlflow, String name, Map<String, String> environment) {
        return ServerProcess.start(
                name,
                Stream.concat(
                                mlflow.serverCommand("sqlite:///mlflow.db").stream(),
                                Stream.of("--app-name", "basic-auth"))
                        .toList(),
                environment);
    }

    private void addPeople(ConformanceServer server) {
        ConformanceScenario people = ConformanceScenario.scenario("people").as("admin");
        PEOPLE.forEach(name -> people.post(
                "users/create", "{'username': '" + name + "', 'password': '" + ApiCall.Person.password(name) + "'}"));
        ScenarioSession session = new ScenarioSession(run.client(), server);
        people.calls().forEach(call -> assertEquals(200, session.send(call).status(), call.toString()));
    }

    @AfterAll
    void stopServers() throws Exception {
        run.close("-access");
    }

    @TestFactory
    Stream<DynamicNode> areas() {
        return run.tests(ScenarioGroups.access());
    }
}
