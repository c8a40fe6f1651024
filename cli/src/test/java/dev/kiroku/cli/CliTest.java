package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.ExitStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CliTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            serve                                     | kiroku: unknown command or argument 'serve'; did you mean 'server'?
            --prt                                     | kiroku: unknown option '--prt'
            server --prot 5001                        | kiroku server: unknown option '--prot'; did you mean '--port'? (see 'kiroku help server')
            server --port                             | kiroku server: Missing required parameter for option '--port'
            server --port abc                         | kiroku server: --port must be an integer from 0 to 65535 (got 'abc' from flag --port)
            server extra                              | kiroku server: unknown command or argument 'extra'
            server --config nowhere.yaml              | kiroku server: The configuration file nowhere.yaml cannot be read: it does not exist
            server --backend-store-uri mysql://a:s3cr3t@b/c | kiroku server: --backend-store-uri has the scheme 'mysql'
            export sqlite:////nowhere/m.db            | kiroku export: TARGET sqlite:////nowhere/m.db does not exist
            export mysql://a:s3cr3t@b/c               | kiroku export: TARGET has the scheme 'mysql'
            experiments get                           | kiroku experiments get: give either --experiment-id or --experiment-name
            db upgrade                                | kiroku db upgrade: Missing required parameter: 'URI'
            db upgrade mysql://a:s3cr3t@b/c           | kiroku db upgrade: the URI has the scheme 'mysql'
            """)
    void usageErrorIsOneLineAndStatusTwo(String words, String line) {
        assertEquals(ExitStatus.USAGE_ERROR, run(Map.of(), words.split(" ")));
        assertEquals("", text(out));
        assertEquals(1, text(err).lines().count(), text(err));
        assertTrue(text(err).startsWith(line), text(err));
        assertFalse(text(err).contains("s3cr3t"), text(err));
    }

    @Test
    void upgradeCreatesDatabaseAndIsIdempotent(@TempDir Path folder) {
        String uri = "sqlite:///" + folder.resolve("k.db");
        for (int i = 0; i < 2; i++) {
            assertEquals(ExitStatus.SUCCESS, run(Map.of(), "db", "upgrade", uri), text(err));
        }
        assertTrue(Files.exists(folder.resolve("k.db")));
        assertTrue(text(out).contains("has the schema of this version"), text(out));
    }

    @Test
    void unopenableDatabaseIsReportedWithTheReason(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("k.db"), "this is no database, but a text that is longer than a header of one would be");
        assertEquals(ExitStatus.FAILURE, run(Map.of(), "db", "upgrade", "sqlite:///" + file));
        assertTrue(text(err).contains("cannot be opened") && text(err).contains("not a database"), text(err));
    }

    @Test
    void invalidEnvironmentVariableIsStatusTwo() {
        assertEquals(ExitStatus.USAGE_ERROR, run(Map.of("MLFLOW_PORT", "http"), "server"));
        assertTrue(text(err).contains("(got 'http' from environment MLFLOW_PORT)"), text(err));
    }

    @Test
    void printConfigShowsValuesAndOriginsAndHidesPasswords(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("kiroku.yaml"), "workers: 8\nport: 7000\n");
        int status = run(
                Map.of(
                        "MLFLOW_BACKEND_STORE_URI",
                        "postgresql://ann:s3cr3t@db/runs?sslpassword=s3cr3t",
                        "KIROKU_CONFIG",
                        file.toString()),
                "server",
                "-p",
                "6000",
                "--no-serve-artifacts",
                "--print-config");
        assertEquals(ExitStatus.SUCCESS, status, text(err));
        assertShown(
                "backend-store-uri",
                "postgresql://ann:***@db/runs?sslpassword=***",
                "environment MLFLOW_BACKEND_STORE_URI");
        assertShown("workers", "8", "file " + file);
        assertShown("port", "6000", "flag --port");
        assertShown("serve-artifacts", "false", "flag --serve-artifacts");
        assertShown("host", "127.0.0.1", "default");
        assertFalse(text(out).contains("s3cr3t"));
    }

    @Test
    void lastRepeatedFlagWins() {
        run(
                Map.of(),
                "server",
                "--port",
                "1",
                "-p",
                "2",
                "--serve-artifacts",
                "--no-serve-artifacts",
                "--print-config");
        assertShown("port", "2", "flag --port");
        assertShown("serve-artifacts", "false", "flag --serve-artifacts");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --help              | Usage: kiroku
            --version           | kiroku
            help server         | Usage: kiroku server
            server --help       | --backend-store-uri
            help db upgrade     | Usage: kiroku db
            db upgrade --help   | postgresql://mlflow:password@db-host:5432/mlflow
            """)
    void helpIsPrintedToStandardOutput(String words, String part) {
        assertEquals(ExitStatus.SUCCESS, run(Map.of(), words.split(" ")));
        assertTrue(text(out).contains(part), text(out));
        assertEquals("", text(err));
    }

    @Test
    void createsListsAndRemovesUsersAndTokens(@TempDir Path folder) {
        Map<String, String> store = Map.of("MLFLOW_BACKEND_STORE_URI", "sqlite:///" + folder.resolve("k.db"));
        assertEquals(
                ExitStatus.SUCCESS,
                runWith(
                        store,
                        "s3cr3t-password\n",
                        "users",
                        "add",
                        "ann",
                        "--group",
                        "a",
                        "--group",
                        "b",
                        "--password-stdin"),
                text(err));
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "add", "robot", "--no-password"), text(err));
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "group", "add", "reviewers", "ann", "robot"), text(err));
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "group", "remove", "a", "ann"), text(err));
        out.reset();
        assertEquals(
                ExitStatus.SUCCESS,
                run(store, "users", "token", "create", "robot", "--label", "ci", "--expires", "90d"),
                text(err));
        assertTrue(text(out).matches("kiroku_[0-9a-f]{64}\\R"), text(out));
        out.reset();
        run(store, "users", "list");
        assertTrue(text(out).lines().anyMatch(line -> line.matches("ann +person +b,reviewers +yes +0 .*")), text(out));
        assertTrue(text(out).lines().anyMatch(line -> line.matches("robot +person +reviewers +no +1 .*")), text(out));
        out.reset();
        run(store, "users", "list", "--json");
        assertTrue(
                text(out)
                        .replaceAll("\\s", "")
                        .contains(
                                "\"name\":\"ann\",\"service\":false,\"disabled\":false,\"groups\":[\"b\",\"reviewers\"],\"has_password\":true"),
                text(out));
        out.reset();
        run(store, "users", "token", "list", "robot", "--json");
        assertTrue(text(out).contains("\"label\" : \"ci\""), text(out));
        out.reset();
        run(store, "webhooks", "list", "--json");
        assertEquals("{}", text(out).replaceAll("\\s", ""));
        out.reset();
        run(store, "users", "token", "list", "robot");
        String id = text(out).lines().skip(1).findFirst().orElseThrow().split(" ")[0];
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "token", "revoke", id));
        err.reset();
        assertEquals(ExitStatus.FAILURE, run(store, "users", "token", "revoke", id));
        assertEquals(1, text(err).lines().count(), text(err));
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "sign-out", "ann"));
        assertTrue(text(out).endsWith("Ended 0 sessions of ann.\n"), text(out));
        out.reset();
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "disable", "ann"), text(err));
        assertEquals("Disabled ann.", text(out).strip());
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "list"));
        assertTrue(text(out).contains("person, disabled"), text(out));
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "enable", "ann"));
        out.reset();
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "list"));
        assertFalse(text(out).contains("disabled"), text(out));
        assertEquals(ExitStatus.FAILURE, run(store, "users", "disable", "nobody"));
        assertEquals(ExitStatus.SUCCESS, run(store, "users", "remove", "ann"));
        assertEquals(ExitStatus.FAILURE, run(store, "users", "remove", "ann"));
        assertEquals(ExitStatus.FAILURE, runWith(store, "short\n", "users", "add", "bob", "--password-stdin"));
        assertEquals(ExitStatus.USAGE_ERROR, run(store, "users", "token", "create", "robot", "--expires", "soon"));
        assertFalse(text(out).contains("s3cr3t") || text(err).contains("s3cr3t"));
    }

    @Test
    void completionScriptListsVisibleCommands(@TempDir Path folder) throws Exception {
        assertEquals(ExitStatus.SUCCESS, run(Map.of(), "completion", "bash"));
        for (String word : List.of("approvals", "promote", "verify", "--tracking-uri")) {
            assertTrue(text(out).contains(word), word);
        }
        Path script = Files.writeString(folder.resolve("completion"), text(out));
        assertEquals(
                0, new ProcessBuilder("bash", "-n", script.toString()).start().waitFor());
    }

    private void assertShown(String name, String value, String origin) {
        assertTrue(
                text(out)
                        .lines()
                        .anyMatch(line -> line.matches(
                                name + " +" + Pattern.quote(value) + " +\\(" + Pattern.quote(origin) + "\\)")),
                name + " in\n" + text(out));
    }

    private int run(Map<String, String> environment, String... words) {
        return new Cli(new CommandContext(stream(out), stream(err), environment)).run(words);
    }

    private int runWith(Map<String, String> environment, String piped, String... words) {
        return new Cli(new CommandContext(
                        stream(out),
                        stream(err),
                        environment,
                        new ByteArrayInputStream(piped.getBytes(StandardCharsets.UTF_8)),
                        null))
                .run(words);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
