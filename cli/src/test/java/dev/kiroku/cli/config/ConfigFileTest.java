package dev.kiroku.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KirokuException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    @Test
    void plainValuesAndListsBecomeText() {
        ConfigFile file = ConfigFile.parse("kiroku.yaml", """
                # a team's server
                port: 8080
                serve-artifacts: no
                dev: true
                allowed-hosts: [a.example.com, b.example.com]
                static-prefix:
                """);
        assertEquals(
                Map.of(
                        "port",
                        "8080",
                        "serve-artifacts",
                        "no",
                        "dev",
                        "true",
                        "allowed-hosts",
                        "a.example.com,b.example.com"),
                file.entries());
    }

    @Test
    void emptyFileSetsNothing() {
        assertEquals(Map.of(), ConfigFile.parse("kiroku.yaml", "# nothing\n").entries());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prot: 1                 | has 'prot', which is not a property; did you mean 'port'?
            backend_store_uri: x    | has 'backend_store_uri', which is not a property; did you mean 'backend-store-uri'?
            colour: blue            | has 'colour', which is not a property
            port: {a: 1}            | must be a plain value
            just words              | must contain lines like 'port: 5000'
            port: [1                | is not YAML: expected ',' or ']', but got <stream end> in line 1, column 9.
            null: 1                 | has 'null', which is not a property
            port: !!java.io.File x  | is not YAML
            """)
    void invalidFileIsRejectedWithOneLine(String text, String reason) {
        KirokuException refused = assertThrows(
                KirokuException.class,
                () -> new Settings(ServerProperties.all(), Map.of(), Map.of(), ConfigFile.parse("kiroku.yaml", text)));
        assertTrue(
                refused.getMessage().contains(reason) && refused.getMessage().contains("kiroku.yaml"),
                refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
    }

    @Test
    void missingFileIsNamedInTheError(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("kiroku.yaml");
        KirokuException refused = assertThrows(KirokuException.class, () -> ConfigFile.read(file));
        assertEquals("The configuration file " + file + " cannot be read: it does not exist.", refused.getMessage());
        Files.writeString(file, "port: 1");
        assertEquals(new ConfigFile(file.toString(), Map.of("port", "1")), ConfigFile.read(file));
    }
}
