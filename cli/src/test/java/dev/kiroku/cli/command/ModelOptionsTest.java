package dev.kiroku.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiroku.cli.config.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ModelOptionsTest {
    private static ModelOptions options(Map<String, String> environment, String... words) {
        CommandSpec spec = CommandSpec.create().addOption(ModelOptions.tokenFile());
        return new ModelOptions(new CommandLine(spec).parseArgs(words), environment);
    }

    @Test
    void tokenOfAFileReplacesOtherCredentials(@TempDir Path folder) throws Exception {
        String file = Files.writeString(folder.resolve("token"), "kiroku_abc\n").toString();
        Map<String, String> environment = Map.of(
                "MLFLOW_TRACKING_URI", "http://127.0.0.1:1",
                "MLFLOW_TRACKING_USERNAME", "ann",
                "MLFLOW_TRACKING_PASSWORD", "secret",
                "MLFLOW_TRACKING_TOKEN", "other");
        Map<String, String> expected =
                Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:1", "MLFLOW_TRACKING_TOKEN", "kiroku_abc");
        assertEquals(environment, options(environment).sourceEnvironment());
        assertEquals(expected, options(environment, "--token-file", file).sourceEnvironment());
        assertEquals(
                Map.of("MLFLOW_TRACKING_TOKEN", "kiroku_abc", "KIROKU_TRACKING_TOKEN_FILE", file),
                options(Map.of("KIROKU_TRACKING_TOKEN_FILE", file)).sourceEnvironment());
    }

    @Test
    void filesWithoutATokenAreRefused(@TempDir Path folder) throws Exception {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path several = Files.writeString(folder.resolve("several"), "a\nb\n");
        for (Path file : new Path[] {empty, several, folder.resolve("none"), folder}) {
            ModelOptions options = options(Map.of(), "--token-file", file.toString());
            assertThrows(UsageException.class, options::sourceEnvironment, file.toString());
        }
    }
}
