package dev.kiroku.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The environment of a test file in {@code ui/test}: servers in this process, Node.js and Chromium. Requires Node.js, the packages of
 * {@code ui} and Chromium; without them the test is skipped, and under CI it fails.
 */
final class BrowserTestEnvironment {
    /** The password of all users. */
    static final String PASSWORD = "correct horse";

    static final Path UI = Path.of("..", "ui").toAbsolutePath().normalize();

    private final Path folder;
    private final Path chromium;

    /** @param folder for the data of the servers and the log of the tests */
    BrowserTestEnvironment(Path folder) {
        this.folder = folder;
        assumeAvailable("Node.js is not on the PATH", onPath("node").isPresent());
        assumeAvailable(
                "the pages are not built: run ./mvnw verify, or package",
                getClass().getResource("/dev/kiroku/ui/index.html") != null);
        assumeAvailable(
                "ui/node_modules is not there: run npm ci in ui",
                Files.exists(UI.resolve("node_modules/playwright-core")));
        Optional<Path> found = Stream.of("chromium", "chromium-browser", "google-chrome")
                .map(BrowserTestEnvironment::onPath)
                .flatMap(Optional::stream)
                .findFirst();
        assumeAvailable("Chromium is not on the PATH (Debian: apt-get install chromium)", found.isPresent());
        chromium = found.orElseThrow();
    }

    /**
     * Starts an empty server on a free port.
     *
     * @param name the name of the folder with its data
     * @param more further flags
     */
    RunningServer startServer(String name, Map<String, String> more) {
        Path data = folder.resolve(name);
        Map<String, String> flags = new HashMap<>(Map.of(
                "port",
                "0",
                "backend-store-uri",
                "sqlite:///" + data.resolve("kiroku.db"),
                "artifacts-destination",
                data.resolve("artifacts").toString()));
        flags.putAll(more);
        return ServerWiring.start(
                KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE)), Map.of());
    }

    /**
     * Adds users to a server that is started later with {@code --auth BASIC}.
     *
     * @param name the name of the folder with its data
     * @param people the users and their groups
     */
    void addUsers(String name, Map<String, List<String>> people) throws IOException {
        Path data = Files.createDirectories(folder.resolve(name));
        try (Stores stores =
                Stores.open(new StoreUri.Sqlite(data.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1)) {
            Users users = new Users(stores.users(), new SecureRandom(), Clock.systemUTC());
            people.forEach((person, groups) -> users.add(person, PASSWORD, groups, new Caller("os:test", "")));
        }
    }

    /**
     * Runs a file of {@code ui/test}; fails if one of its tests fails.
     *
     * @param environment variables in addition to the location of Chromium
     */
    void runTestFile(String file, Map<String, String> environment) throws IOException, InterruptedException {
        Path said = folder.resolve("log");
        ProcessBuilder node = new ProcessBuilder(List.of("node", "--test", "--test-reporter=spec", "test/" + file))
                .directory(UI.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        node.environment().putAll(environment);
        node.environment().put("CHROMIUM", chromium.toString());
        int status = node.start().waitFor();
        String log = Files.readString(said);
        System.out.println(log);
        assertEquals(0, status, () -> "some way through the pages failed:\n" + log);
    }

    /** Skips the test, or fails it under CI, if something is missing. */
    static void assumeAvailable(String what, boolean there) {
        if (!there && "true".equals(System.getenv("CI"))) {
            fail(what);
        }
        assumeTrue(there, what);
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
