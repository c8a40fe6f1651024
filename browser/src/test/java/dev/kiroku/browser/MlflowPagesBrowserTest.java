package dev.kiroku.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.reference.MlflowInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code ui/test/mlflow-pages.test.mjs} in Chromium: MLflow's own web UI, served by Kiroku with {@code --mlflow-ui}.
 * MLflow's client logs the data. A second server has a prefix and authentication.
 */
class MlflowPagesBrowserTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(600)
    void mlflowPagesWorkInABrowser() throws Exception {
        BrowserTestEnvironment run = new BrowserTestEnvironment(folder);
        MlflowInstallation mlflow = install();
        String pages = mlflow.environment().toString();
        run.addUsers("governed", Map.of("ann", List.of()));
        try (RunningServer server = run.startServer("server", Map.of("mlflow-ui", pages));
                RunningServer governed = run.startServer(
                        "governed",
                        Map.of(
                                "mlflow-ui",
                                pages,
                                "static-prefix",
                                "/team/ml",
                                "auth",
                                "BASIC",
                                "default-permission",
                                "EDIT"))) {
            String url = "http://127.0.0.1:" + server.port();
            run.runTestFile(
                    "mlflow-pages.test.mjs",
                    Map.of(
                            "KIROKU_URL",
                            url,
                            "SEEDED",
                            seed(mlflow, url),
                            "KIROKU_GOVERNED_URL",
                            "http://127.0.0.1:" + governed.port() + "/team/ml",
                            "PASSWORD",
                            BrowserTestEnvironment.PASSWORD));
        }
    }

    private static MlflowInstallation install() {
        try {
            return MlflowInstallation.findOrInstall();
        } catch (IOException e) {
            BrowserTestEnvironment.assumeAvailable(
                    "There is no MLflow " + MlflowInstallation.VERSION + " whose pages could be shown: "
                            + e.getMessage(),
                    false);
            throw new IllegalStateException(e);
        }
    }

    /** Logs data with MLflow's client and returns the ids as JSON. */
    private String seed(MlflowInstallation mlflow, String url) throws IOException, InterruptedException {
        Path ids = folder.resolve("seeded.json");
        Path said = folder.resolve("seed.log");
        ProcessBuilder python = new ProcessBuilder(List.of(
                        mlflow.python().toString(),
                        BrowserTestEnvironment.UI.resolve("test/mlflow-seed.py").toString(),
                        url,
                        ids.toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        python.environment().keySet().removeIf(name -> name.startsWith("MLFLOW_"));
        assertEquals(0, python.start().waitFor(), () -> "MLflow's client could not log: " + read(said));
        return read(ids);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
