package dev.kiroku.serving.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloaded models and created environments are for the user of the process alone. */
class CachePermissionsTest {
    @TempDir
    Path folder;

    @Test
    void downloadedModels() throws IOException {
        Path cache = folder.resolve("cache").resolve("models");
        Path model = new ModelCache(cache, (location, done, total) -> {}).fetch("s3://bucket/model", new OneFile());
        for (Path directory : List.of(cache.getParent(), cache, model, model.resolve("data"))) {
            assertEquals("rwx------", permissions(directory), directory.toString());
        }
        for (String file : List.of("MLmodel", "data/weights")) {
            assertEquals("rw-------", permissions(model.resolve(file)), file);
        }
    }

    @Test
    void environments() throws IOException {
        Path cache = folder.resolve("cache").resolve("envs");
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.createFile(model.resolve("requirements.txt"));
        var environments = new PythonEnvironment(PythonEnvironment.Manager.VIRTUALENV, cache, Map.of());
        assertThrows(KirokuException.class, () -> environments.prepareInterpreter(model), "no Python on the PATH");
        assertEquals("rwx------", permissions(cache.getParent()));
        assertEquals("rwx------", permissions(cache));
        assertEquals("rw-------", permissions(cache.resolve(".lock")));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static final class OneFile implements RemoteFiles {
        @Override
        public List<FileInfo> list(String path) {
            return path.isEmpty()
                    ? List.of(new FileInfo("MLmodel", false, 1L), new FileInfo("data", true, null))
                    : List.of(new FileInfo("data/weights", false, 1L));
        }

        @Override
        public InputStream open(FileInfo file) {
            return new ByteArrayInputStream(new byte[] {'x'});
        }
    }
}
