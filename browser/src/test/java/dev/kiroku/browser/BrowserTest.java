package dev.kiroku.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiroku.cli.Running;
import dev.kiroku.cli.Wiring;
import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code ui/test/pages.test.mjs}: a person's ways through the pages, in Chromium, against two servers, one of them below a prefix and
 * empty. Needs Node, the libraries of {@code ui} and Chromium; without them it is skipped, and under CI it fails.
 */
class BrowserTest {
    private static final Path UI = Path.of("..", "ui").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    @Test
    @Timeout(600)
    void thePagesWorkInABrowser() throws Exception {
        need("Node.js is not on the PATH", onPath("node").isPresent());
        need("the pages are not built: run ./mvnw verify, or package", getClass().getResource("/dev/kiroku/ui/index.html") != null);
        need("ui/node_modules is not there: run npm ci in ui", Files.exists(UI.resolve("node_modules/playwright-core")));
        Optional<Path> chromium = Stream.of("chromium", "chromium-browser", "google-chrome").map(BrowserTest::onPath).flatMap(Optional::stream).findFirst();
        need("Chromium is not on the PATH (Debian: apt-get install chromium)", chromium.isPresent());

        try (Running full = server("full", ""); Running empty = server("empty", "/team/kiroku")) {
            Path said = folder.resolve("log");
            ProcessBuilder node = new ProcessBuilder(List.of("node", "--test", "--test-reporter=spec", "test/pages.test.mjs"))
                    .directory(UI.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            node.environment().put("KIROKU_URL", "http://127.0.0.1:" + full.port());
            node.environment().put("KIROKU_EMPTY_URL", "http://127.0.0.1:" + empty.port() + "/team/kiroku");
            node.environment().put("CHROMIUM", chromium.orElseThrow().toString());
            int status = node.start().waitFor();
            String log = Files.readString(said);
            System.out.println(log);
            assertEquals(0, status, () -> "some way through the pages failed:\n" + log);
        }
    }

    private Running server(String name, String prefix) {
        Path data = folder.resolve(name);
        Map<String, String> flags = new HashMap<>(Map.of(
                "port", "0", "backend-store-uri", "sqlite:///" + data.resolve("kiroku.db"),
                "artifacts-destination", data.resolve("artifacts").toString()));
        if (!prefix.isEmpty()) {
            flags.put("static-prefix", prefix);
        }
        return Wiring.start(KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE)), Map.of());
    }

    private static void need(String what, boolean there) {
        if (!there && "true".equals(System.getenv("CI"))) {
            fail(what);
        }
        assumeTrue(there, what);
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
