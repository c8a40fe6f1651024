package dev.kiroku.cli.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerWiringTest {
    @TempDir
    private Path folder;

    @Test
    void failedStartClosesEverythingThatWasOpened() throws IOException {
        try (ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            KirokuConfig config = config(occupied.getLocalPort());

            assertThrows(RuntimeException.class, () -> ServerWiring.start(config, Map.of()));
        }
        assertEquals(List.of(), compactors());
        assertEquals(List.of(), openFiles());
    }

    @Test
    void closedServerKeepsNothingOpen() throws IOException {
        try (RunningServer server = ServerWiring.start(config(0), Map.of())) {
            assertEquals(1, compactors().size());
            assertTrue(openFiles().stream().anyMatch(file -> file.endsWith("kiroku.db")), "the database is open");
            assertTrue(server.port() > 0);
        }
        assertEquals(List.of(), compactors());
        assertEquals(List.of(), openFiles());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a[1]^x", "100%", "%41", "a+b", "モデル", "café", "a'b", "{x}"})
    void locationsMayHaveUnusualNames(String name) throws IOException {
        Path data = folder.resolve(name);
        for (String artifacts : List.of(
                data.resolve("plain").toString(),
                "file://" + data.resolve("uri").toString().replace("%", "%25"))) {
            Map<String, String> flags = Map.of(
                    "port",
                    "0",
                    "backend-store-uri",
                    "sqlite:///" + data.resolve("kiroku.db"),
                    "artifacts-destination",
                    artifacts,
                    "default-artifact-root",
                    artifacts);
            KirokuConfig config =
                    KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE));
            try (RunningServer server = ServerWiring.start(config, Map.of())) {
                assertTrue(server.port() > 0);
            }
        }
        assertTrue(Files.exists(data.resolve("kiroku.db")));
    }

    private KirokuConfig config(int port) {
        Map<String, String> flags = Map.of(
                "port", Integer.toString(port),
                "backend-store-uri", "sqlite:///" + folder.resolve("kiroku.db"),
                "artifacts-destination", folder.resolve("artifacts").toString());
        return KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE));
    }

    private static List<String> compactors() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter("compactor"::equals)
                .toList();
    }

    /** Returns the open files of this process below the test's folder, if the system exposes them. */
    private List<String> openFiles() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return List.of();
        }
        try (Stream<Path> links = Files.list(descriptors)) {
            return links.map(ServerWiringTest::target)
                    .filter(file -> file.startsWith(folder.toString()))
                    .toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }
}
