package dev.kiroku.cli;

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
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.RegistryApi;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Tests of commands that call a server, in particular {@code models promote}, with a terminal and in a pipeline. */
class RegistryCommandsTest {
    private static final Gate WORDS = new Gate(
            "words",
            "m",
            "champion",
            null,
            "version.has_description AND version.tags.validation_status = 'approved' AND version.tags.owner IS NOT NULL",
            null,
            null);

    /** A terminal that returns prepared answers in order. */
    private static final class ScriptedTerminal implements Terminal {
        private final Deque<String> answers;
        private final List<String> questions = new ArrayList<>();

        ScriptedTerminal(String... answers) {
            this.answers = new ArrayDeque<>(List.of(answers));
        }

        @Override
        public String prompt(String question) {
            questions.add(question);
            return answers.removeFirst();
        }

        @Override
        public String promptPassword(String question) {
            return prompt(question);
        }
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private RunningServer server;
    private TrackingClient remote;

    @BeforeEach
    void start(@TempDir Path folder) {
        server = ServerWiring.start(
                KirokuConfig.from(new Settings(
                        ServerProperties.all(),
                        Map.of(
                                "port",
                                "0",
                                "backend-store-uri",
                                "sqlite:///" + folder.resolve("k.db"),
                                "default-artifact-root",
                                folder.resolve("artifacts").toString()),
                        Map.of(),
                        ConfigFile.NONE)),
                Map.of());
        remote = new TrackingClient(ClientSettings.fromEnvironment("http://127.0.0.1:" + server.port(), Map.of()));
        remote.call(
                RegistryApi.CREATE_REGISTERED_MODEL,
                new RegistryApi.CreateRegisteredModelRequest("m", List.of(), null, null));
        for (int i = 0; i < 2; i++) {
            remote.call(
                    RegistryApi.CREATE_MODEL_VERSION,
                    new RegistryApi.CreateModelVersionRequest("m", "s3://b/x", null, List.of(), null, null, null));
        }
        apply(WORDS);
    }

    @AfterEach
    void stop() {
        remote.close();
        server.close();
    }

    private void apply(Gate... gates) {
        remote.call(GateApi.APPLY, new GateApi.ApplyGatesRequest(List.of(gates), null, null));
    }

    private int kiroku(Map<String, String> environment, Terminal terminal, String... words) {
        out.reset();
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--tracking-uri", "http://127.0.0.1:" + server.port()));
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Cli(new CommandContext(stream, stream, environment, InputStream.nullInputStream(), terminal))
                .run(all.toArray(String[]::new));
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private List<RegisteredAlias> aliases() {
        return remote
                .call(RegistryApi.GET_REGISTERED_MODEL, new RegistryApi.RegisteredModelNameRequest("m"))
                .registeredModel()
                .aliases()
                .stream()
                .map(a -> new RegisteredAlias(a.alias(), a.version()))
                .toList();
    }

    private record RegisteredAlias(String alias, String version) {}

    @Test
    void promptsForEveryMissingValue() {
        var person = new ScriptedTerminal("", "a forest", "y", "ann", "y");
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), person, "models", "promote", "m"), output());
        assertEquals(
                List.of(
                        "Which version? [2]",
                        "Description of version 2 (empty: none):",
                        "Set tag validation_status of version 2 to 'approved'? [y/N]",
                        "Tag owner of version 2 (empty: leave it):",
                        "Point it to version 2? [y/N]"),
                person.questions);
        assertEquals(List.of(new RegisteredAlias("champion", "2")), aliases());
        var version = remote.call(RegistryApi.GET_MODEL_VERSION, new RegistryApi.ModelVersionKeyRequest("m", "2"))
                .modelVersion();
        assertEquals("a forest", version.description());
        assertEquals(
                "[KeyValue[key=owner, value=ann], KeyValue[key=validation_status, value=approved]]",
                version.tags().toString());
        assertTrue(
                output().contains("\033[31mFAIL\033[0m  version.has_description")
                        && output().contains("\033[32mPASS\033[0m  version.has_description"),
                output());
    }

    @Test
    void declinedPromptChangesNothing() {
        assertEquals(
                ExitStatus.FAILURE,
                kiroku(Map.of(), new ScriptedTerminal("", "n", ""), "models", "promote", "m", "1"),
                output());
        assertTrue(output().contains("Version 1 does not pass the gates: alias 'champion' is unchanged."), output());
        apply();
        assertEquals(
                ExitStatus.FAILURE,
                kiroku(Map.of(), new ScriptedTerminal("n"), "models", "promote", "m", "1"),
                output());
        assertEquals(List.of(), aliases());
    }

    @Test
    void opensApprovalRequestWithComment() {
        apply(new Gate(
                "sign-off",
                "m",
                "champion",
                null,
                null,
                new Gate.ApprovalRequirement(1L, List.of(), null, null),
                null));
        var person = new ScriptedTerminal("y", "it is better");
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), person, "models", "promote", "m", "1"), output());
        assertEquals(
                List.of("This change needs approval. Request it? [y/N]", "Reason, for the approvers:"),
                person.questions);
        assertTrue(output().contains("it is better") && output().contains("kiroku approvals wait 1"), output());
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), new ScriptedTerminal(), "approvals", "list"));
        assertTrue(output().contains("\033[1mSTATE\033[0m") && output().contains("\033[33mOPEN\033[0m"), output());
        assertEquals(List.of(), aliases());
    }

    @Test
    void neverPromptsWithoutATerminalAndPrintsJson() {
        assertEquals(
                ExitStatus.USAGE_ERROR, kiroku(Map.of(), null, "models", "promote", "m"), "nobody there to say which");
        assertEquals(ExitStatus.FAILURE, kiroku(Map.of(), null, "models", "promote", "m", "1", "--json"));
        var json = new JsonMapper();
        assertEquals("REFUSED", json.readTree(output()).path("outcome").asString(), output());
        assertEquals(
                3,
                json.readTree(output()).path("gates").path(0).path("conditions").size());
        apply();
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), null, "models", "promote", "m", "1", "--json"));
        assertEquals("DONE", json.readTree(output()).path("outcome").asString());
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), null, "models", "promote", "m", "1", "--json"));
        assertEquals("UNCHANGED", json.readTree(output()).path("outcome").asString());
        assertEquals("1", json.readTree(output()).path("before").asString());
        assertEquals(
                new Empty(),
                remote.call(
                        RegistryApi.DELETE_REGISTERED_MODEL_ALIAS,
                        new RegistryApi.DeleteRegisteredModelAliasRequest("m", "champion", "1")));
    }

    @Test
    void auditLogIsFilteredByTime() {
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), null, "audit", "tail", "--since", "2020-01-01"), output());
        assertTrue(output().contains("model.create"), output());
        assertEquals(ExitStatus.SUCCESS, kiroku(Map.of(), null, "audit", "tail", "--until", "2020-01-01T00:00:00Z"));
        assertFalse(output().contains("model.create"), output());
        assertEquals(ExitStatus.USAGE_ERROR, kiroku(Map.of(), null, "audit", "tail", "--since", "yesterday"));
    }

    @Test
    void colorsAreUsedOnATerminalOnly() {
        kiroku(Map.of(), null, "gates", "list");
        assertFalse(output().contains("\033"));
        for (Map<String, String> plain : List.of(Map.of("NO_COLOR", "1"), Map.of("TERM", "dumb"))) {
            kiroku(plain, new ScriptedTerminal(), "gates", "list");
            assertFalse(output().contains("\033"), plain.toString());
        }
        kiroku(Map.of(), new ScriptedTerminal(), "gates", "list", "--json");
        assertFalse(output().contains("\033"));
        kiroku(Map.of("NO_COLOR", ""), new ScriptedTerminal(), "gates", "list");
        assertTrue(output().contains("\033[1mGATE\033[0m"), output());
    }
}
