package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moves what an MLflow server holds to Kiroku and back into a database that MLflow created, and compares the answers of MLflow on both databases. */
class MlflowExportTest {
    @Test
    void everyRecordReturnsToMlflowAsItWas(@TempDir Path folder) throws Exception {
        PythonFixture python = PythonFixture.withMlflow(folder);
        String source = "sqlite:///" + folder.resolve("source.db");
        String target = "sqlite:///" + folder.resolve("target.db");
        String kiroku = "sqlite:///" + folder.resolve("kiroku.db");
        python.runScript("clients/round_trip.py", "fill", source, target);
        run("import", source, "--backend-store-uri", kiroku);
        run("export", target, "--backend-store-uri", kiroku);
        run("export", target, "--backend-store-uri", kiroku); // again: nothing is doubled
        run("export", folder.resolve("parquet").toString(), "--backend-store-uri", kiroku);
        python.runScript(
                "clients/round_trip.py",
                "compare",
                source,
                target,
                folder.resolve("parquet").toString());
    }

    private static void run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int status = new Cli(new CommandContext(stream, stream, Map.of())).run(words);
        assertEquals(0, status, () -> out.toString(StandardCharsets.UTF_8));
    }
}
