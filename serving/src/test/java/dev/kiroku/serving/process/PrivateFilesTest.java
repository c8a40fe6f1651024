package dev.kiroku.serving.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
    @Test
    void onlyTheUserMayRead(@TempDir Path folder) throws IOException {
        Path parent = folder.resolve("a");
        Path directory = parent.resolve("b");
        PrivateFiles.createDirectories(directory);
        assertEquals("rwx------", permissions(directory));
        assertEquals("rwx------", permissions(parent));
        Path file = directory.resolve("f");
        PrivateFiles.newOutputStream(file).close();
        assertEquals("rw-------", permissions(file));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
