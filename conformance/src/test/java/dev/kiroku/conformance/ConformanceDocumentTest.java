package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConformanceDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "conformance.md");

    @Test
    void documentMatchesTheScenarios() throws IOException {
        String expected = ConformanceDocument.text(ScenarioGroups.documented());
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(DOCUMENT, expected);
        }
        assertEquals(expected, Files.readString(DOCUMENT), "write it anew with -Dconformance.write=true");
    }
}
