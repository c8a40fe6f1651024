package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.kiroku.reference.MlflowInstallation;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Sends every scenario to a real MLflow server and to Kiroku on each store, and compares the responses call by call.
 * {@code -Dconformance.self=true} compares MLflow with a second MLflow instead of Kiroku, which validates the comparison itself;
 * {@code -Dconformance.only=text} runs only the scenarios whose title contains the text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
    private static final boolean SELF = Boolean.parseBoolean(System.getProperty("conformance.self", "false"));

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<ConformanceServer> targets = new ArrayList<>();
    private final ConformanceReport report = new ConformanceReport();
    private ConformanceServer reference;

    @BeforeAll
    void startServers() throws IOException {
        MlflowInstallation mlflow = install();
        reference = open(startMlflow(mlflow, "MLflow " + MlflowInstallation.VERSION));
        if (SELF) {
            targets.add(open(startMlflow(mlflow, "MLflow again")));
        } else {
            String pages =
                    "--mlflow-ui=" + mlflow.environment(); // so that the endpoints of its web UI are compared too
            targets.add(open(KirokuServers.onSqlite(pages)));
            targets.add(
                    open(KirokuServers.onPostgres(open(EmbeddedPostgres.start()).getPort(), pages)));
        }
    }

    /** Starts MLflow on an empty SQLite database. */
    private static ConformanceServer startMlflow(MlflowInstallation mlflow, String name) {
        return ServerProcess.start(name, mlflow.serverCommand("sqlite:///mlflow.db"));
    }

    private static MlflowInstallation install() {
        try {
            return MlflowInstallation.findOrInstall();
        } catch (IOException e) {
            String reason = "There is no MLflow " + MlflowInstallation.VERSION + " to compare with: " + e.getMessage();
            return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
        }
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.add(resource);
        return resource;
    }

    @AfterAll
    void stopServers() throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
        Files.writeString(Path.of("target", "conformance.md"), report.measured());
        Files.writeString(Path.of("target", "conformance-answers.txt"), report.answers());
    }

    @TestFactory
    Stream<DynamicNode> areas() {
        return ScenarioGroups.all().stream()
                .map(area -> DynamicContainer.dynamicContainer(
                        area.name(),
                        area.scenarios().stream()
                                .filter(scenario ->
                                        scenario.title().contains(System.getProperty("conformance.only", "")))
                                .map(scenario ->
                                        DynamicTest.dynamicTest(scenario.title(), () -> compare(area, scenario)))));
    }

    private void compare(ScenarioGroup area, ConformanceScenario scenario) {
        ScenarioSession expected = new ScenarioSession(client, reference);
        List<RecordedResponse> answers =
                scenario.calls().stream().map(expected::send).toList();
        List<String> surprises = new ArrayList<>();
        for (ConformanceServer target : targets) {
            ScenarioSession actual = new ScenarioSession(client, target);
            for (int i = 0; i < answers.size(); i++) {
                ApiCall call = scenario.calls().get(i);
                Comparison comparison = new Comparison(call, answers.get(i), actual.send(call));
                report.add(area, target, comparison);
                if (SELF ? !comparison.agrees() : !comparison.isAsDeclared()) {
                    surprises.add(target.name() + ": " + comparison);
                }
            }
        }
        if (!surprises.isEmpty()) {
            fail(surprises.size() + " unexpected\n" + String.join("\n", surprises));
        }
    }
}
