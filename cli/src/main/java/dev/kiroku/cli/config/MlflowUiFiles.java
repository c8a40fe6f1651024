package dev.kiroku.cli.config;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the built web UI of an installed MLflow. */
final class MlflowUiFiles {
    private static final Path IN_PACKAGE = Path.of("server", "js", "build");

    private MlflowUiFiles() {}

    /**
     * Returns the folder of the web UI.
     *
     * @param text the folder of the pages, the package {@code mlflow}, a folder of packages, or a virtual environment
     * @throws KirokuException INVALID_PARAMETER_VALUE if none of these has a web UI
     */
    static Path find(String text) {
        Path location;
        try {
            location = Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw KirokuException.invalid("must be a path");
        }
        return candidates(location).stream()
                .filter(MlflowUiFiles::hasPages)
                .findFirst()
                .orElseThrow(() ->
                        KirokuException.invalid((Files.exists(location) ? "has no web UI of MLflow" : "does not exist")
                                + ". Name a virtual environment in which mlflow 3 is installed"
                                + " (mlflow-skinny has no web UI), or the folder server/js/build of its package; 'python -c \"import mlflow;"
                                + " print(mlflow.__path__[0])\"' prints its location"));
    }

    private static List<Path> candidates(Path location) {
        List<Path> candidates = new ArrayList<>(
                List.of(location, location.resolve("build"), location.resolve(IN_PACKAGE), inPackages(location)));
        candidates.add(
                inPackages(location.resolve("Lib").resolve("site-packages"))); // a virtual environment on Windows
        try (Stream<Path> pythons = Files.list(location.resolve("lib"))) {
            pythons.sorted()
                    .map(python -> inPackages(python.resolve("site-packages")))
                    .forEach(candidates::add);
        } catch (IOException e) {
            // not a virtual environment
        }
        return candidates;
    }

    private static Path inPackages(Path packages) {
        return packages.resolve("mlflow").resolve(IN_PACKAGE);
    }

    private static boolean hasPages(Path folder) {
        return Files.isRegularFile(folder.resolve("index.html")) && Files.isDirectory(folder.resolve("static"));
    }
}
