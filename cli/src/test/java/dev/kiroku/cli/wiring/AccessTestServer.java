package dev.kiroku.cli.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server with authentication on SQLite, and users with tokens. */
final class AccessTestServer implements AutoCloseable {
    private static final Caller SETUP = new Caller("os:test", "");

    private final Map<String, String> tokens = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final RunningServer server;

    /** An answer. */
    record Answer(int status, String body) {
        JsonNode json() {
            return new JsonMapper().readTree(body.isEmpty() ? "{}" : body);
        }
    }

    /**
     * Starts a server.
     *
     * @param users the users with their groups
     */
    AccessTestServer(Path folder, Map<String, String> more, Map<String, List<String>> users) {
        Path database = folder.resolve("kiroku.db");
        try (Stores stores = Stores.open(new StoreUri.Sqlite(database), id -> "mlflow-artifacts:/" + id, 1)) {
            Users accounts = new Users(stores.users(), new SecureRandom(), Clock.systemUTC());
            users.forEach((name, groups) -> {
                accounts.add(name, null, groups, SETUP); // a hash takes long
                tokens.put(
                        name,
                        accounts.createToken(name, "", null, TokenScope.UNRESTRICTED, SETUP)
                                .value());
            });
        }
        server = start(folder, more);
    }

    private AccessTestServer(RunningServer server, Map<String, String> tokens) {
        this.server = server;
        this.tokens.putAll(tokens);
    }

    /** Starts another server on the same database, with the same users. */
    AccessTestServer besides(Path folder, Map<String, String> more) {
        return new AccessTestServer(start(folder, more), tokens);
    }

    /** Makes a token of a user that is restricted to some resources; {@code alias} signs in with it from now on. */
    void addRestrictedToken(String user, String resource, String alias) throws Exception {
        JsonNode created = ok(user, "/api/2.0/kiroku/users/tokens/create", "{'resources': ['%s']}".formatted(resource));
        tokens.put(alias, created.path("secret").asString());
    }

    private static RunningServer start(Path folder, Map<String, String> more) {
        Map<String, String> flags = new HashMap<>(Map.of(
                "port",
                "0",
                "auth",
                "BASIC",
                "backend-store-uri",
                "sqlite:///" + folder.resolve("kiroku.db"),
                "artifacts-destination",
                folder.resolve("artifacts").toString()));
        flags.putAll(more);
        return ServerWiring.start(
                KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE)), Map.of());
    }

    /** Runs a command with these variables of the environment and no others; returns its exit status and what it prints. */
    static Answer cli(Map<String, String> environment, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        int status = new Cli(new CommandContext(print, print, environment)).run(words);
        return new Answer(status, out.toString(StandardCharsets.UTF_8));
    }

    /** Asserts that a line of an output matches, without the blanks around it. */
    static void assertLine(String regex, Answer answer) {
        assertTrue(answer.body().lines().anyMatch(line -> line.strip().matches(regex)), answer.body());
    }

    int port() {
        return server.port();
    }

    String token(String user) {
        return tokens.get(user);
    }

    /** Sends a request. @param body null for none */
    Answer send(String user, String method, String path, String query, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path + (query.isEmpty() ? "" : "?" + query));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + tokens.get(user));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        request.method(
                method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    /** Sends a POST that must succeed. @param json with single quotes for double ones */
    JsonNode ok(String user, String operation, String json) throws Exception {
        Answer answer = post(user, operation, json);
        assertEquals(200, answer.status(), operation + ": " + answer.body());
        return answer.json();
    }

    /** Sends a POST. */
    Answer post(String user, String operation, String json) throws Exception {
        String path = operation.startsWith("/") ? operation : "/api/2.0/mlflow/" + operation;
        return send(user, "POST", path, "", json.replace('\'', '"'));
    }

    /** Writes an artifact through the proxy. */
    Answer put(String user, String path, String content) throws Exception {
        return send(user, "PUT", "/api/2.0/mlflow-artifacts/artifacts/" + path, "", content);
    }

    @Override
    public void close() {
        http.close();
        server.close();
    }
}
