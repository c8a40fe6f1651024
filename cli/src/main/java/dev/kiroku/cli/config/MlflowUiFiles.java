package dev.kiroku.cli.config;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the built pages of an installed MLflow. */
final class MlflowUiFiles {
    private static final Path IN_PACKAGE = Path.of("server", "js", "build");

    private MlflowUiFiles() {}

    /**
     * @param text the folder of the pages, the package {@code mlflow}, a folder of packages, or a virtual environment
     * @throws KirokuException INVALID_PARAMETER_VALUE when none of these has them
     */
    static Path find(String text) {
        Path place;
        try {
            place = Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw KirokuException.invalid("must be a path");
        }
        return candidates(place).stream()
                .filter(MlflowUiFiles::hasPages)
                .findFirst()
                .orElseThrow(() ->
                        KirokuException.invalid((Files.exists(place) ? "has no pages of MLflow" : "does not exist")
                                + ". Name a virtual environment in which mlflow 3 is installed"
                                + " (mlflow-skinny has no pages), or the folder server/js/build of its package; 'python -c \"import mlflow;"
                                + " print(mlflow.__path__[0])\"' says where that is"));
    }

    private static List<Path> candidates(Path place) {
        List<Path> candidates =
                new ArrayList<>(List.of(place, place.resolve("build"), place.resolve(IN_PACKAGE), inPackages(place)));
        candidates.add(inPackages(place.resolve("Lib").resolve("site-packages"))); // an environment on Windows
        try (Stream<Path> pythons = Files.list(place.resolve("lib"))) {
            pythons.sorted()
                    .map(python -> inPackages(python.resolve("site-packages")))
                    .forEach(candidates::add);
        } catch (IOException e) {
            // no environment
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
