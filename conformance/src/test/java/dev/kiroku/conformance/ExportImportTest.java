package dev.kiroku.conformance;

import dev.kiroku.reference.MlflowInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Moves experiments, runs, artifacts and registered models with {@code export-all} and {@code import-all} of mlflow-export-import: from Kiroku to
 * Kiroku, from Kiroku to MLflow and from MLflow to Kiroku. What {@code kiroku export} wrote is imported into MLflow too.
 */
class ExportImportTest {
    @Test
    void exportAllAndImportAllMoveEverything(@TempDir Path folder) throws Exception {
        PythonFixture python = PythonFixture.withExportImport(folder);
        CompletableFuture<ServerProcess> starting = CompletableFuture.supplyAsync(
                () -> startMlflow(folder), task -> Thread.ofVirtual().start(task));
        try (ServerProcess source = startKiroku(folder.resolve("source"));
                ServerProcess target = startKiroku(folder.resolve("target"));
                ServerProcess back = startKiroku(folder.resolve("back"));
                ServerProcess mlflow = starting.join()) {
            python.runScript("clients/export_import.py", source.uri(), mlflow.uri(), target.uri(), back.uri());
            String exported = folder.resolve("exported").toString();
            KirokuServers.command(
                    source,
                    null,
                    "export",
                    exported,
                    "--format",
                    "mlflow-export-import",
                    "--default-artifact-root",
                    folder.resolve("source").toString());
            try (ServerProcess second = startMlflow(folder.resolve("second"))) {
                python.runScript("clients/export_import.py", "exported", source.uri(), second.uri(), exported);
            }
        }
    }

    private static ServerProcess startKiroku(Path artifactRoot) {
        return KirokuServers.onSqlite("--default-artifact-root", artifactRoot.toString());
    }

    private static ServerProcess startMlflow(Path folder) {
        try {
            List<String> command = MlflowInstallation.findOrInstall().serverCommand("sqlite:///mlflow.db");
            return ServerProcess.start(
                    "MLflow",
                    Stream.concat(
                                    command.stream(),
                                    Stream.of(
                                            "--default-artifact-root",
                                            folder.resolve("mlflow").toString()))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
