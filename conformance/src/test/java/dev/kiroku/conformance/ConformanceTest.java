package dev.kiroku.conformance;

import dev.kiroku.reference.MlflowInstallation;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Sends every scenario to a real MLflow server and to Kiroku on each store, and compares the responses call by call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
    private final ComparisonRun run = new ComparisonRun();

    @BeforeAll
    void startServers() throws IOException {
        MlflowInstallation mlflow = ComparisonRun.install();
        run.setReference(startMlflow(mlflow, "MLflow " + MlflowInstallation.VERSION));
        if (ComparisonRun.SELF) {
            run.addTarget(startMlflow(mlflow, "MLflow again"));
        } else {
            String pages =
                    "--mlflow-ui=" + mlflow.environment(); // so that the endpoints of its web UI are compared too
            run.addTarget(KirokuServers.onSqlite(pages));
            run.addTarget(
                    KirokuServers.onPostgres(run.open(EmbeddedPostgres.start()).getPort(), pages));
        }
    }

    /** Starts MLflow on an empty SQLite database. */
    private static ConformanceServer startMlflow(MlflowInstallation mlflow, String name) {
        return ServerProcess.start(name, mlflow.serverCommand("sqlite:///mlflow.db"));
    }

    @AfterAll
    void stopServers() throws Exception {
        run.close("");
    }

    @TestFactory
    Stream<DynamicNode> areas() {
        return run.tests(ScenarioGroups.all());
    }
}
