package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two users and an administrator who send the same searches in alternation, so that no cache on the way serves one with the answer to another. */
class FilteredListsTest {
    private static final Caller SETUP = new Caller("os:test", "");
    private static final String API = "/api/2.0/mlflow/";
    private static final Pattern TEAM = Pattern.compile("team-[ab]");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new HashMap<>();
    private RunningServer server;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        Path database = folder.resolve("kiroku.db");
        try (Stores stores = Stores.open(new StoreUri.Sqlite(database), id -> "mlflow-artifacts:/" + id, 1)) {
            var users = new Users(stores.users(), new SecureRandom(), Clock.systemUTC());
            users.add("admin", null, List.of(Caller.ADMINS), SETUP);
            users.add("ann", null, List.of(), SETUP);
            users.add("bob", null, List.of(), SETUP);
            for (String name : List.of("admin", "ann", "bob")) {
                tokens.put(name, users.createToken(name, "", null, SETUP).value());
            }
            for (String type : List.of("experiment", "registered_model", "prompt")) {
                grant(stores, "ann", type + "/team-a*");
                grant(stores, "bob", type + "/team-b*");
            }
        }
        Map<String, String> flags = Map.of(
                "port",
                "0",
                "auth",
                "BASIC",
                "default-permission",
                "NO_PERMISSIONS",
                "backend-store-uri",
                "sqlite:///" + database,
                "artifacts-destination",
                folder.resolve("artifacts").toString());
        server = ServerWiring.start(
                KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE)), Map.of());
        for (String team : List.of("team-a", "team-b")) {
            String id = field("experiment_id", post("admin", API + "experiments/create", "{'name': '" + team + "'}"));
            String run = field(
                    "run_id",
                    post(
                            "admin",
                            API + "runs/create",
                            "{'experiment_id': '" + id + "', 'run_name': '" + team + "', 'start_time': 1}"));
            post(
                    "admin",
                    API + "runs/log-batch",
                    "{'run_id': '" + run + "', 'params': [{'key': '" + team + "', 'value': '1'}]}");
            post("admin", API + "registered-models/create", "{'name': '" + team + "'}");
            post(
                    "admin",
                    API + "model-versions/create",
                    "{'name': '" + team + "', 'source': 's3://b/m', 'run_id': '" + run + "'}");
        }
    }

    private static void grant(Stores stores, String user, String resources) {
        ResourceSelector selector = ResourceSelector.parse(resources);
        stores.access()
                .setGrant(
                        Principal.user(user),
                        new Grant(selector.type(), selector.pattern(), PermissionLevel.READ),
                        new ChangeContext(SETUP, 1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String post(String user, String path, String json) throws Exception {
        return send(
                user,
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'))));
    }

    private String get(String user, String path) throws Exception {
        return send(user, HttpRequest.newBuilder(uri(path)));
    }

    private String send(String user, HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = http.send(
                request.header("Authorization", "Bearer " + tokens.get(user)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
        return response.body();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static String field(String name, String json) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        matcher.find();
        return matcher.group(1);
    }

    /** Returns the teams that an answer mentions. */
    private static String teams(String answer) {
        return String.join(
                " ",
                new TreeSet<>(TEAM.matcher(answer)
                        .results()
                        .map(result -> result.group())
                        .toList()));
    }

    @Test
    void callersInAlternationSeeTheirOwn() throws Exception {
        String ids = "'experiment_ids': ['0', '1', '2']";
        String graphql =
                "{'query': 'mutation ($ids: [String]) { mlflowSearchRuns(input: {experimentIds: $ids}) { runs { info { runName }"
                        + " experiment { name } modelVersions { name } data { params { key } } } } }', 'variables': {'ids': ['0', '1', '2']}}";
        Map<String, String> expected = Map.of("ann", "team-a", "bob", "team-b", "admin", "team-a team-b");
        for (int round = 0; round < 3; round++) {
            for (Map.Entry<String, String> each : expected.entrySet()) {
                String user = each.getKey();
                String teams = each.getValue();
                assertEquals(teams, teams(post(user, API + "experiments/search", "{'max_results': 10}")));
                assertEquals(teams, teams(get(user, API + "experiments/search?max_results=10")));
                assertEquals(teams, teams(post(user, API + "runs/search", "{" + ids + "}")));
                assertEquals(teams, teams(post(user, "/api/2.0/kiroku/runs/rows", "{" + ids + "}")));
                assertEquals(teams, teams(post(user, "/api/2.0/kiroku/runs/keys", "{" + ids + "}")));
                assertEquals(teams, teams(get(user, API + "registered-models/search")));
                assertEquals(teams, teams(get(user, API + "model-versions/search")));
                assertEquals(teams, teams(post(user, "/graphql", graphql)));
            }
        }
    }
}
