package dev.kiroku.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Compares {@code ui/src/api/generated.ts} with the Java records; writes it if the system property {@code types.update} is set. */
class TypeScriptTypesTest {
    private static final Path FILE = Path.of("src", "api", "generated.ts");

    @Test
    void theGeneratedTypesAreUpToDate() throws IOException {
        String generated = TypeScriptTypes.generate();
        if (System.getProperty("types.update") != null) {
            Files.writeString(FILE, generated);
        }
        assertEquals(
                generated,
                Files.readString(FILE),
                "The records of module model have changed. The first lines of ui/src/api/generated.ts say how to update it.");
    }

    @Test
    void typesFollowTheJsonOfTheServer() {
        String generated = TypeScriptTypes.generate();
        assertContains(
                generated, "  'POST /2.0/mlflow/runs/log-metric': { request: LogMetricRequest; response: Empty }\n");
        assertContains(generated, "export type Empty = Record<string, never>\n");
        assertContains(generated, "export type RunStatus = 'RUNNING' | 'SCHEDULED' |");
        assertContains(generated, "export interface Metric {\n");
        assertContains(generated, "  value: Double\n");
        assertContains(generated, "  experiment_ids: string[]\n");
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), () -> "missing: " + part);
    }
}
