package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.reference.MlflowInstallation;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    private static final List<String> PEOPLE = List.of("owner", "editor", "reader", "stranger", "denied");

    private final ComparisonRun withDefaultRead = new ComparisonRun();
    private final ComparisonRun withoutDefault = new ComparisonRun();

    @BeforeAll
    void startServers(@TempDir Path folder) throws Exception {
        MlflowInstallation mlflow = ComparisonRun.install();
        mlflow.addPackages(List.of("flask_wtf"), List.of("Flask-WTF<2"));
        Map<String, String> read = environment(folder, "READ");
        Map<String, String> none = environment(folder, "NO_PERMISSIONS");
        try (ExecutorService starts = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> first = starts.submit(() -> start(withDefaultRead, mlflow, read));
            starts.submit(() -> start(withoutDefault, mlflow, none)).get();
            first.get();
        }
    }

    private boolean start(ComparisonRun run, MlflowInstallation mlflow, Map<String, String> environment)
            throws IOException {
        run.setReference(startMlflow(mlflow, "MLflow " + MlflowInstallation.VERSION, environment));
        String[] options = {"--app-name", "basic-auth", "--mlflow-ui=" + mlflow.environment()};
        if (ComparisonRun.SELF) {
            run.addTarget(startMlflow(mlflow, "MLflow again", environment));
        } else {
            run.addTarget(KirokuServers.onSqlite(environment, options));
            if (run == withDefaultRead) { // once is enough for what the databases do differently
                run.addTarget(KirokuServers.onPostgres(
                        run.open(EmbeddedPostgres.start()).getPort(), environment, options));
            }
        }
        run.servers().forEach(server -> addPeople(run, server));
        return true;
    }

    private static Map<String, String> environment(Path folder, String defaultPermission) throws IOException {
        Path file = folder.resolve(defaultPermission + ".ini");
        // MLflow takes a quarter of a second to check a password, so it is told to remember.
        Files.writeString(file, """
                [mlflow]
                default_permission = %s
                database_uri = sqlite:///basic_auth.db
                admin_username = admin
                admin_password = %s
                auth_cache_ttl_seconds = 600
                authorization_function = mlflow.server.auth:authenticate_request_basic_auth
                """.formatted(defaultPermission, ApiCall.Person.password("admin")));
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

    private static void addPeople(ComparisonRun run, ConformanceServer server) {
        ConformanceScenario people = ConformanceScenario.scenario("people").as("admin");
        PEOPLE.forEach(name -> people.post(
                "users/create", "{'username': '" + name + "', 'password': '" + ApiCall.Person.password(name) + "'}"));
        ScenarioSession session = new ScenarioSession(run.client(), server);
        people.calls().forEach(call -> assertEquals(200, session.send(call).status(), call.toString()));
    }

    @AfterAll
    void stopServers() throws Exception {
        withDefaultRead.close("-access");
        withoutDefault.close("-access-no-permissions");
    }

    @TestFactory
    Stream<DynamicNode> areas() {
        return Stream.concat(
                withDefaultRead.tests(ScenarioGroups.access()),
                withoutDefault.tests(ScenarioGroups.accessWithoutDefault()));
    }
}
