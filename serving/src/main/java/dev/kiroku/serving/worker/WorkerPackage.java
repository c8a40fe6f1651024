package dev.kiroku.serving.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lays the Python half of the server, which travels in the jar, where Python can import it. */
public final class WorkerPackage {
    private static final List<String> FILES = List.of(
            "__init__.py",
            "__main__.py",
            "frames.py",
            "model.py",
            "rowwise.py",
            "engines.py",
            "forests.py",
            "boosted.py",
            "onnx_graphs.py");

    private WorkerPackage() {}

    /** @return the folder to import from; a new one, which its caller deletes */
    public static Path extract() throws IOException {
        Path folder = Files.createTempDirectory("kiroku-python");
        Path module = Files.createDirectories(folder.resolve("kiroku_worker"));
        for (String file : FILES) {
            try (InputStream in = WorkerPackage.class.getResourceAsStream("/kiroku_worker/" + file)) {
                if (in == null) {
                    throw new IOException("the program lacks its part kiroku_worker/" + file);
                }
                Files.copy(in, module.resolve(file));
            }
        }
        return folder;
    }

    /** Deletes what {@link #extract} made. */
    public static void delete(Path folder) throws IOException {
        for (String file : FILES) {
            Files.deleteIfExists(folder.resolve("kiroku_worker").resolve(file));
        }
        Files.deleteIfExists(folder.resolve("kiroku_worker"));
        Files.deleteIfExists(folder);
    }
}
