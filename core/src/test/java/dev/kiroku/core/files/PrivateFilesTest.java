package dev.kiroku.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
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

    @Test
    void existingFoldersAndFilesKeepTheirMode(@TempDir Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.createFile(folder.resolve("f"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        PrivateFiles.createDirectories(folder);
        PrivateFiles.createIfMissing(file);
        assertEquals("rwxr-xr-x", permissions(folder));
        assertEquals("rw-r--r--", permissions(file));
    }

    @Test
    void fileIsExposedIfItsModeAndAllItsFoldersAllowOthers(@TempDir Path folder) throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path file = Files.createFile(inner.resolve("f"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("rwx--x---"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(Optional.of("rw-r-----"), PrivateFiles.findExposedMode(file));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertEquals(Optional.empty(), PrivateFiles.findExposedMode(file));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertEquals(Optional.empty(), PrivateFiles.findExposedMode(file));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
