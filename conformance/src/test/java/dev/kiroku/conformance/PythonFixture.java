package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.kiroku.reference.MlflowInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A Python with MLflow, in which tests run scripts and clients, and a directory for their files. */
record PythonFixture(Path interpreter, Path folder) {
    /** Installs MLflow if necessary. Skips the test where that is impossible, except in CI, where it fails. */
    static PythonFixture withMlflow(Path folder) {
        return install(folder, List.of(), List.of());
    }

    /** As {@link #withMlflow}, with XGBoost, LightGBM and ONNX in addition. */
    static PythonFixture withEngineLibraries(Path folder) {
        return install(
                folder,
                List.of("xgboost", "lightgbm", "onnx", "onnxruntime"),
                List.of("xgboost-cpu", "lightgbm", "onnx", "onnxruntime"));
    }

    /** As {@link #withMlflow}, with uv in the directory of the interpreter. */
    static PythonFixture withUv(Path folder) {
        return install(folder, List.of("uv"), List.of("uv"));
    }

    /** As {@link #withMlflow}, with the schemas of Kubernetes. */
    static PythonFixture withKubernetesSchemas(Path folder) {
        return install(folder, List.of("kubernetes_validate"), List.of("kubernetes-validate"));
    }

    /** As {@link #withMlflow}, with the released mlflow-export-import, and a library that it uses without requiring it. */
    static PythonFixture withExportImport(Path folder) {
        return install(
                folder,
                List.of("mlflow_export_import", "tabulate"),
                List.of("mlflow-export-import==1.2.0", "tabulate"));
    }

    /** Returns a folder with MLflow of a release for {@code PYTHONPATH}. Skips the test where it cannot be installed, except in CI, where that fails. */
    static Path packageOf(String release) {
        try {
            return MlflowInstallation.findOrInstall().findOrInstallPackage(release);
        } catch (IOException e) {
            String reason = "There is no MLflow " + release + " to run Python with: " + e.getMessage();
            return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
        }
    }

    private static PythonFixture install(Path folder, List<String> modules, List<String> packages) {
        try {
            MlflowInstallation installation = MlflowInstallation.findOrInstall();
            installation.addPackages(modules, packages);
            return new PythonFixture(installation.python(), folder);
        } catch (IOException e) {
            String reason =
                    "There is no MLflow " + MlflowInstallation.VERSION + " to run Python with: " + e.getMessage();
            return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
        }
    }

    /** Runs a script and waits for it. Fails if its status is not 0. */
    void runScript(String script, String... words) throws InterruptedException {
        runScript(script, Map.of(), words);
    }

    /**
     * Runs a script and waits for it. Fails if its status is not 0.
     *
     * @param script its path in the resources
     * @param environment variables in addition to those of this process
     */
    void runScript(String script, Map<String, String> environment, String... words) throws InterruptedException {
        try {
            Path file = extractScript(script);
            Path log = file.resolveSibling(file.getFileName() + ".log");
            ProcessBuilder builder = new ProcessBuilder(
                            Stream.concat(Stream.of(interpreter.toString(), file.toString()), Stream.of(words))
                                    .toList())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            int status = process.waitFor();
            assertEquals(0, status, Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a script of the resources into the directory and returns its path. */
    Path extractScript(String script) {
        Path file = folder.resolve(Path.of(script).getFileName());
        try (var in = PythonFixture.class.getResourceAsStream("/" + script)) {
            return Files.exists(file) ? file : Files.write(file, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
