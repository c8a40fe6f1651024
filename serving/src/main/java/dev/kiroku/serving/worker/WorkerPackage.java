package dev.kiroku.serving.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Extracts the Python package {@code kiroku_worker} from the jar, so that Python can import it. */
public final class WorkerPackage {
    private static final String NAME = "kiroku_worker";
    private static final List<String> FILES = List.of(
            "__init__.py",
            "__main__.py",
            "frames.py",
            "served_model.py",
            "merging.py",
            "fitted_model.py",
            "features.py",
            "engines.py",
            "forests.py",
            "boosted_trees.py",
            "onnx_models.py");

    private WorkerPackage() {}

    /**
     * Writes the package into a new temporary directory.
     *
     * @return the directory to import from; {@link #delete} removes it
     */
    public static Path extract() throws IOException {
        Path directory = Files.createTempDirectory("kiroku-python");
        Path target = Files.createDirectories(directory.resolve(NAME));
        for (String file : FILES) {
            try (InputStream in = WorkerPackage.class.getResourceAsStream("/" + NAME + "/" + file)) {
                if (in == null) {
                    throw new IOException("the program is incomplete: it has no resource " + NAME + "/" + file);
                }
                Files.copy(in, target.resolve(file));
            }
        }
        return directory;
    }

    /** Deletes a directory that {@link #extract} returned. */
    public static void delete(Path directory) throws IOException {
        for (String file : FILES) {
            Files.deleteIfExists(directory.resolve(NAME).resolve(file));
        }
        Files.deleteIfExists(directory.resolve(NAME));
        Files.deleteIfExists(directory);
    }
}
