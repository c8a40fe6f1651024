package dev.kiroku.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.ExitStatus;
import dev.kiroku.cli.command.Terminal;
import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.users.AccessApi;
import dev.kiroku.model.users.AccessPolicy;
import dev.kiroku.model.users.UserApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** {@code kiroku access …} on a server that {@code --app-name basic-auth} starts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessCommandTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String POLICY = """
            roles:
            - name: editors
              description: May log to team A
              members: ['group:ml', 'user:ann']
              grants:
              - EDIT experiment/team-a/*
              - EDIT registered_model/team-a-*
            grants:
            - to: group:auditors
              grants: [READ experiment/*, READ registered_model/*]
            groups:
            - name: contractors
              default_permission: NO_PERMISSIONS
            """;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private RunningServer server;

    @BeforeAll
    void start(@TempDir Path home) throws IOException {
        server = startServer(home, Map.of("MLFLOW_AUTH_ADMIN_PASSWORD", PASSWORD));
        try (TrackingClient admin = client("admin", PASSWORD)) {
            for (String name : List.of("ann", "bob")) {
                admin.call(UserApi.CREATE, new UserApi.CreateUserRequest(name, PASSWORD));
            }
            admin.call(
                    ExperimentApi.CREATE, new ExperimentApi.CreateExperimentRequest("team-a/fraud", null, List.of()));
        }
    }

    private static RunningServer startServer(Path home, Map<String, String> environment) throws IOException {
        Path file = home.resolve("basic_auth.ini");
        Files.writeString(file, "[mlflow]\ndefault_permission = NO_PERMISSIONS\n");
        Map<String, String> all = new HashMap<>(environment);
        all.put("MLFLOW_AUTH_CONFIG_PATH", file.toString());
        Map<String, String> flags = Map.of(
                "port",
                "0",
                "app-name",
                "basic-auth",
                "backend-store-uri",
                "sqlite:///" + home.resolve("kiroku.db"),
                "artifacts-destination",
                home.resolve("artifacts").toString());
        return ServerWiring.start(
                KirokuConfig.from(new Settings(ServerProperties.all(), flags, all, ConfigFile.NONE)), Map.of());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** Removes what a test has granted, so that each begins with the grant of the creator of the experiment alone. */
    @AfterEach
    void removeGrants() {
        try (TrackingClient admin = client("admin", PASSWORD)) {
            AccessPolicy nothing = new AccessPolicy(List.of(), List.of(), List.of());
            admin.call(AccessApi.APPLY, new AccessApi.ApplyPolicyRequest(nothing, false));
            AccessPolicy left = admin.call(AccessApi.LIST, new Empty()).policy();
            for (AccessPolicy.HolderGrants holder : left.grants()) {
                for (String grant : holder.to().equals("user:admin") ? List.<String>of() : holder.grants()) {
                    String resources = grant.substring(grant.indexOf(' ') + 1);
                    admin.call(AccessApi.REVOKE, new AccessApi.RevokeRequest(holder.to(), resources));
                }
            }
        }
    }

    private String url() {
        return url(server);
    }

    private static String url(RunningServer server) {
        return "http://127.0.0.1:" + server.port();
    }

    private static Map<String, String> credentials(String name, String password) {
        return Map.of("MLFLOW_TRACKING_USERNAME", name, "MLFLOW_TRACKING_PASSWORD", password);
    }

    private TrackingClient client(String name, String password) {
        return new TrackingClient(ClientSettings.fromEnvironment(url(), credentials(name, password)));
    }

    private int runAs(String user, Terminal terminal, String... words) {
        out.reset();
        err.reset();
        Map<String, String> environment = new HashMap<>(credentials(user, PASSWORD));
        environment.put("MLFLOW_TRACKING_URI", url());
        return new Cli(new CommandContext(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        environment,
                        InputStream.nullInputStream(),
                        terminal))
                .run(words);
    }

    /** Runs {@code kiroku access …} as the administrator. */
    private int access(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "access";
        System.arraycopy(words, 0, all, 1, words.length);
        return runAs("admin", null, all);
    }

    private String output() {
        return out.toString(UTF_8);
    }

    private String errors() {
        return err.toString(UTF_8);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void administratorsOfTheFileAreAddedOnceAndKeepTheirPassword() throws IOException {
        List<Map<String, String>> starts = List.of(
                Map.of("MLFLOW_AUTH_ADMIN_PASSWORD", PASSWORD),
                Map.of("MLFLOW_AUTH_ADMIN_PASSWORD", "another password"),
                Map.of()); // no password is needed when there is an administrator
        for (Map<String, String> environment : starts) {
            try (RunningServer own = startServer(folder, environment)) {
                assertEquals(
                        ExitStatus.SUCCESS,
                        runAs("admin", null, "access", "list", "--tracking-uri", url(own)),
                        () -> environment + errors());
            }
        }
    }

    @Test
    void grantsAreExplainedListedAndRevoked() {
        String[] question = {"explain", "update", "experiment/team-a/fraud", "--user", "ann"};
        assertEquals(ExitStatus.FAILURE, access(question), errors());
        assertTrue(
                output().startsWith("DENIED  ann may not update experiment/team-a/fraud")
                        && output().contains("no grant; the default permission is NO_PERMISSIONS"),
                output());

        assertEquals(ExitStatus.SUCCESS, access("grant", "user:ann", "edit", "experiment/team-a/*"), errors());
        assertEquals("Granted edit on experiment/team-a/* to user:ann.", output().strip());
        assertEquals(ExitStatus.SUCCESS, access(question), errors());
        assertTrue(
                output().startsWith("ALLOWED  ann may update experiment/team-a/fraud")
                        && output().contains("EDIT experiment/team-a/* of user:ann"),
                output());
        assertEquals(
                ExitStatus.SUCCESS,
                runAs("ann", null, "access", "explain", "read", "experiment/team-a/fraud"),
                errors());
        assertEquals(
                ExitStatus.FAILURE,
                runAs("ann", null, "access", "explain", "read", "experiment/team-a/fraud", "--user", "bob"));
        assertTrue(errors().contains("Permission denied for user 'ann'"), errors());

        assertEquals(ExitStatus.SUCCESS, access("grant", "user:ann", "READ", "experiment/team-a/*"), errors());
        assertEquals(ExitStatus.FAILURE, access(question), "the level was replaced");
        assertEquals(ExitStatus.SUCCESS, access("list"));
        assertTrue(output().contains("user:ann") && output().contains("READ experiment/team-a/*"), output());
        assertTrue(output().contains("default NO_PERMISSIONS"), output());
        assertEquals(ExitStatus.SUCCESS, access("list", "--json"));
        assertEquals(
                "READ experiment/team-a/*",
                new JsonMapper()
                        .readTree(output())
                        .at("/policy/grants")
                        .valueStream()
                        .filter(holder -> holder.path("to").asString().equals("user:ann"))
                        .findFirst()
                        .orElseThrow()
                        .at("/grants/0")
                        .asString());

        assertEquals(ExitStatus.SUCCESS, access("revoke", "user:ann", "experiment/team-a/*"), errors());
        assertEquals(ExitStatus.FAILURE, access("revoke", "user:ann", "experiment/team-a/*"));
        assertTrue(errors().contains("user:ann has no grant on experiment/team-a/*"), errors());
    }

    @Test
    void whoManagesAResourceGrantsOnItAndOnNothingElse() {
        assertEquals(ExitStatus.SUCCESS, access("grant", "user:ann", "MANAGE", "experiment/team-a/fraud"), errors());
        assertEquals(
                ExitStatus.SUCCESS,
                runAs("ann", null, "access", "grant", "user:bob", "READ", "experiment/team-a/fraud"),
                errors());
        assertEquals(
                ExitStatus.FAILURE, runAs("ann", null, "access", "grant", "user:bob", "READ", "experiment/team-a/*"));
        assertTrue(errors().contains("Permission denied for user 'ann'"), errors());
        assertEquals(
                ExitStatus.FAILURE,
                runAs("bob", null, "access", "grant", "user:bob", "MANAGE", "experiment/team-a/fraud"));
        for (String command : List.of("list", "export")) {
            assertEquals(ExitStatus.FAILURE, runAs("ann", null, "access", command));
            assertEquals("", output());
        }
    }

    @Test
    void filesAreComparedAppliedAndExported() throws IOException {
        String file = write("access.yaml", POLICY).toString();
        assertEquals(ExitStatus.FAILURE, access("diff", "-f", file), "it differs");
        List<String> changes = output().lines().toList();
        assertEquals(
                List.of(
                        "+ role:editors 'May log to team A'",
                        "+ group:auditors READ experiment/*",
                        "+ group:auditors READ registered_model/*",
                        "+ role:editors EDIT experiment/team-a/*",
                        "+ role:editors EDIT registered_model/team-a-*",
                        "+ role:editors member group:ml",
                        "+ role:editors member user:ann",
                        "+ group:contractors default NO_PERMISSIONS"),
                changes);

        assertEquals(ExitStatus.SUCCESS, access("apply", "-f", file, "--dry-run"), errors());
        assertEquals(changes, output().lines().toList());
        assertEquals(ExitStatus.USAGE_ERROR, access("apply", "-f", file), "nobody to confirm");
        assertTrue(errors().contains("--yes"), errors());
        assertEquals(ExitStatus.FAILURE, runAs("admin", answer("n"), "access", "apply", "-f", file));
        assertEquals(ExitStatus.FAILURE, access("diff", "-f", file), "nothing was applied yet");

        assertEquals(ExitStatus.SUCCESS, runAs("admin", answer("y"), "access", "apply", "-f", file), errors());
        assertTrue(output().endsWith("Applied 8 changes." + System.lineSeparator()), output());
        assertEquals(ExitStatus.SUCCESS, access("diff", "-f", file), output());
        assertEquals("Nothing differs from the file.", output().strip());
        assertEquals(ExitStatus.SUCCESS, access("apply", "-f", file), "no question if nothing changes");
        assertEquals(ExitStatus.SUCCESS, access("apply", "-f", file, "--yes", "--json"));
        assertEquals(0, new JsonMapper().readTree(output()).path("changes").size(), output());
        assertEquals(
                ExitStatus.SUCCESS, access("explain", "update", "experiment/team-a/fraud", "--user", "ann"), output());
        assertTrue(output().contains("EDIT experiment/team-a/* of user:ann by role:editors"), output());

        assertEquals(ExitStatus.SUCCESS, access("export"), errors());
        String exported = write("exported.yaml", output()).toString();
        assertEquals(ExitStatus.SUCCESS, access("diff", "-f", exported), output());
        String other = folder.resolve("other.yaml").toString();
        assertEquals(ExitStatus.SUCCESS, access("export", "--output", other), errors());
        assertEquals(Files.readString(Path.of(exported)), Files.readString(Path.of(other)));

        String empty = write("empty.yaml", "").toString();
        assertEquals(ExitStatus.SUCCESS, access("apply", "-f", empty, "--yes"), errors());
        assertEquals(ExitStatus.FAILURE, access("diff", "-f", exported), "everything was removed");
        assertEquals(changes, output().lines().toList());
    }

    @Test
    void grantsOfCreatorsAreKept() throws IOException {
        access("grant", "user:bob", "MANAGE", "experiment/team-a/fraud");
        access("grant", "user:bob", "READ", "experiment/*");
        String file = write("access.yaml", "grants: []\n").toString();
        assertEquals(ExitStatus.SUCCESS, access("apply", "-f", file, "--yes"), errors());
        assertEquals(
                "- user:bob READ experiment/*", output().lines().findFirst().orElseThrow());
        assertEquals(ExitStatus.SUCCESS, access("explain", "delete", "experiment/team-a/fraud", "--user", "bob"));
        assertEquals(ExitStatus.FAILURE, access("explain", "read", "experiment/0", "--user", "bob"));
    }

    @Test
    void unusualNamesSurviveExportAndImport() throws IOException {
        String file =
                write("access.yaml", """
                        roles:
                        - name: 'yes'
                          description: "a: b # c\\nd"
                          members: ['group:1e3', "group:\\u90e8\\u9580 A: 'x'"]
                          grants: ['READ experiment/null', 'DENY registered_model/- a: b  c #*', 'USE prompt/\\\\*', 'READ experiment/%s/*']
                        - name: '- {x}'
                        """.formatted("long words ".repeat(40))).toString();
        assertEquals(ExitStatus.SUCCESS, access("apply", "-f", file, "--yes"), errors());
        assertEquals(ExitStatus.SUCCESS, access("diff", "-f", file), output());
        assertEquals(ExitStatus.SUCCESS, access("export"));
        String exported = write("exported.yaml", output()).toString();
        assertEquals(ExitStatus.SUCCESS, access("diff", "-f", exported), output());
    }

    @Test
    void fileWithOneWrongLineChangesNothing() throws IOException {
        String file = write("access.yaml", POLICY + "- name: others\n  default_permission: DENY\n")
                .toString();
        assertEquals(ExitStatus.FAILURE, access("apply", "-f", file, "--yes"));
        assertTrue(errors().contains("must not be DENY"), errors());
        String unknown = write("unknown.yaml", "roles: [{name: r, members: ['user:nobody']}]\n")
                .toString();
        assertEquals(ExitStatus.FAILURE, access("apply", "-f", unknown, "--yes"));
        assertTrue(errors().contains("nobody"), errors());
        assertEquals(
                ExitStatus.SUCCESS, access("diff", "-f", write("empty.yaml", "").toString()), output());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            - a list                                       | must be a mapping
            text                                           | must be a mapping
            rolls: []                                      | has the unknown key 'rolls'; known keys are grants, groups, roles
            roles: {name: r}                               | roles' must be a list
            roles: [r]                                     | a role must be a mapping
            roles: [{description: d}]                      | A role has no 'name'
            roles: [{name: r, grant: []}]                  | has the unknown key 'grant'
            roles: [{name: r, grants: READ experiment/1}]  | grants' must be a list
            roles: [{name: r}, {name: r}]                  | is defined twice
            roles: [{name: __user_1__}]                    | is reserved
            roles: [{name: r, members: ['role:r']}]        | role:r
            roles: [{name: r, members: [ann]}]             | ann' is no holder of grants. Write user:NAME
            roles: [{name: r, members: ['user:']}]         | names nobody
            roles: [{name: r, grants: [READ]}]             | READ' is no grant
            roles: [{name: r, grants: [READ experiment]}]  | experiment
            roles: [{name: r, grants: [READ weather/1]}]   | weather
            roles: [{name: r, grants: [WRITE experiment/1]}] | Invalid permission 'WRITE'
            roles: [{name: r, grants: [NO_PERMISSIONS experiment/1]}] | Invalid permission 'NO_PERMISSIONS'
            roles: [{name: r, grants: [{a: b}]}]           | is no grant
            grants: [{grants: [READ experiment/1]}]        | An entry of 'grants' has no 'to'
            grants: [{to: 'role:r', grants: [READ experiment/1]}] | role:r
            groups: [{name: g}]                            | A group has no 'default_permission'
            groups: [{name: g, default_permission: ALL}]   | ALL' is no permission
            roles: [                                       | is not YAML
            roles: !!java.net.URL [http://127.0.0.1]       |
            """)
    void wrongFilesAreReportedInOneLine(String text, String reason) throws IOException {
        String file = write("access.yaml", text).toString();
        for (String command : List.of("diff", "apply")) {
            assertEquals(ExitStatus.FAILURE, access(command, "-f", file), output());
            assertEquals("", output());
            assertEquals(1, errors().lines().count(), errors());
            assertTrue(errors().startsWith("kiroku access " + command + ": "), errors());
            assertTrue(errors().contains(reason == null ? "access.yaml" : reason), errors());
            assertFalse(errors().contains("unexpected error"), errors());
        }
    }

    @Test
    void hostileFilesAreRefusedSoon() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        for (String text : List.of(
                bomb.toString(),
                "roles: &r [*r]\n",
                "roles: " + "[".repeat(10_000),
                "# " + "x".repeat(4 << 20),
                "roles: [{name: '" + "x".repeat(300) + "'}]",
                "roles: [{name: \"a\\0b\"}]",
                "roles: [{name: r, grants: ['READ experiment/" + "x".repeat(2000) + "']}]")) {
            assertEquals(
                    ExitStatus.FAILURE,
                    access("diff", "-f", write("access.yaml", text).toString()));
            assertEquals(1, errors().lines().count(), errors());
            assertFalse(errors().contains("unexpected error"), errors());
        }
    }

    @Test
    void wrongArgumentsAreReported() {
        assertEquals(ExitStatus.USAGE_ERROR, access("grant", "user:ann", "READ"));
        assertEquals(ExitStatus.USAGE_ERROR, access("diff"));
        assertTrue(errors().contains("-f is missing"), errors());
        assertEquals(
                ExitStatus.FAILURE,
                access("diff", "-f", folder.resolve("none.yaml").toString()));
        assertTrue(errors().contains("it does not exist"), errors());
        assertEquals(ExitStatus.FAILURE, access("grant", "ann", "READ", "experiment/1"));
        assertTrue(errors().contains("Write user:NAME, group:NAME or role:NAME"), errors());
        assertEquals(ExitStatus.FAILURE, access("grant", "user:nobody", "READ", "experiment/1"));
        assertEquals(ExitStatus.FAILURE, access("grant", "role:nobody", "READ", "experiment/1"));
        assertEquals(ExitStatus.FAILURE, access("explain", "steal", "experiment/1"));
        assertTrue(errors().contains("'steal' is no action; actions are [read, use, create"), errors());
        assertEquals(ExitStatus.FAILURE, access("explain", "read", "experiment/1", "--user", "nobody"));
        assertTrue(errors().contains("nobody"), errors());
        assertEquals(
                ExitStatus.FAILURE,
                access(
                        "export",
                        "--output",
                        folder.resolve("none").resolve("x.yaml").toString()));
        assertEquals(ExitStatus.FAILURE, runAs("eve", null, "access", "list"));
        assertEquals(1, errors().lines().count(), errors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"grant", "revoke", "list", "apply", "diff", "export", "explain"})
    void helpNamesTheArguments(String command) {
        assertEquals(ExitStatus.SUCCESS, access(command, "--help"));
        assertTrue(output().startsWith("Usage: kiroku access " + command), output());
        assertTrue(output().contains("--tracking-uri=URL") && output().contains("--json"), output());
        assertEquals(ExitStatus.SUCCESS, access("--help"));
        assertTrue(output().contains("  " + command), output());
    }

    private static Terminal answer(String text) {
        return new Terminal() {
            @Override
            public String prompt(String question) {
                return text;
            }

            @Override
            public String promptPassword(String question) {
                throw new AssertionError("no password is asked for");
            }
        };
    }
}
