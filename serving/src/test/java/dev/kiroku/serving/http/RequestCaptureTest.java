package dev.kiroku.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestCaptureTest {
    @Test
    void fileIsForTheOwnerAlone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("capture.jsonl");
        new RequestCapture(file, 1).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
}
