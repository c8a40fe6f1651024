package dev.kiroku.conformance.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kiroku.conformance.KirokuServers;
import dev.kiroku.conformance.ServerProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Sends ten thousand mutated requests to all routes. None may cause a server error, and rejected requests must change nothing. The same
 * requests are sent each time; {@code -Dhostile.seed} and {@code -Dhostile.requests} send others.
 */
class MutatedRequestsTest {
    private static final int REQUESTS = Integer.getInteger("hostile.requests", 10_000);
    private static final long SEED = Long.getLong("hostile.seed", 20261124);
    /** The number of rejected requests that are sent again in groups, to check that they change nothing. */
    private static final int AGAIN = 1500;

    private static final int GROUP = 100;
    /** The number of model descriptions in YAML that are read by gates. */
    private static final int MODELS = REQUESTS / 50;

    private static final String MLMODEL = """
            artifact_path: m
            flavors:
              python_function:
                env: {conda: conda.yaml}
                loader_module: mlflow.sklearn
              sklearn: {pickled_model: model.pkl}
            mlflow_version: 3.17.2
            model_size_bytes: 1234
            signature:
              inputs: '[{"type": "double", "name": "x"}]'
            utc_time_created: '2026-01-01 00:00:00'
            """;

    private static final Set<String> CHANGING = Set.of("POST", "PUT", "PATCH", "DELETE");

    @Test
    void onSqlite() throws Exception {
        try (ServerProcess server = KirokuServers.onSqlite()) {
            attack(server);
        }
    }

    @Test
    void onPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                ServerProcess server = KirokuServers.onPostgres(postgres.getPort())) {
            attack(server);
        }
    }

    @Test
    void withAuthenticationOnSqlite() throws Exception {
        try (ServerProcess server = KirokuServers.onSqlite("--auth", "BASIC")) {
            attackSignedIn(server, null);
        }
    }

    @Test
    void withAuthenticationOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                ServerProcess server = KirokuServers.onPostgres(postgres.getPort(), "--auth", "BASIC")) {
            attackSignedIn(server, postgres.getPort());
        }
    }

    private static void attack(ServerProcess server) throws Exception {
        List<RawRequest> valid = ValidRequests.of(server);
        RequestMutator mutator = new RequestMutator(SEED, valid);
        List<RawRequest> refused = new ArrayList<>();
        try (RawClient client = new RawClient(server.uri())) {
            List<String> failures = sendMutated(client, REQUESTS, mutator::next, refused);
            failures.addAll(registerModels(client, mutator));
            assertNone(failures, server);
            assertLeaveNothing(client, refused);
            assertIsHealthy(client);
        }
        assertEquals(
                Set.of("artifacts", "kiroku.db", "kiroku.db-shm", "kiroku.db-wal", "server.log"),
                union(files(server.directory()), Set.of("kiroku.db", "kiroku.db-shm", "kiroku.db-wal")),
                "nothing lies outside of where it belongs");
    }

    /** Sends requests; returns the failures, and adds the requests that would have changed something but were refused. */
    private static List<String> sendMutated(
            RawClient client, int count, Supplier<RawRequest> requests, List<RawRequest> refused) {
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawRequest request = requests.get();
            try {
                RawResponse answer = client.sendFramed(request);
                if (!isPage(answer)) {
                    answer.assertIsWellFormed(request);
                }
                if (answer.isError() && CHANGING.contains(request.method())) {
                    refused.add(request);
                }
            } catch (AssertionError | IOException e) {
                failures.add(e.toString());
            }
        }
        return failures;
    }

    /** Returns whether a response is the sign-in page again, with a message for the person there. */
    private static boolean isPage(RawResponse answer) {
        return answer.status() < 500
                && answer.headers().getOrDefault("content-type", "").startsWith("text/html");
    }

    private static void assertNone(List<String> failures, ServerProcess server) throws IOException {
        String errors = server.log()
                .lines()
                .filter(line -> line.contains(" ERROR "))
                .limit(10)
                .collect(Collectors.joining("\n"));
        if (!failures.isEmpty() || !errors.isEmpty()) {
            fail(failures.size() + " failures with -Dhostile.seed=" + SEED + ", such as:\n"
                    + failures.stream().limit(10).collect(Collectors.joining("\n")) + "\n" + errors);
        }
    }

    /**
     * Sends mutated requests with mutated credentials of an administrator, of a person with few rights (who may read everything and change one
     * experiment), and of a service that may only read.
     */
    private static void attackSignedIn(ServerProcess server, Integer postgresPort) throws Exception {
        String root = token(server, postgresPort, "root", List.of("--group", "admins"));
        String boss = token(server, postgresPort, "boss", List.of("--group", "admins"));
        String ann = token(server, postgresPort, "ann", List.of());
        String job = token(server, postgresPort, "job", List.of("--service"), "--read-only");
        String rootLine = "Authorization: Bearer " + root;
        List<RawRequest> valid = new ArrayList<>(
                ValidRequests.of(server, HttpClient.newBuilder().authenticator(passwords("root", root))));
        valid.addAll(signInRequests());
        RequestMutator mutator = new RequestMutator(SEED, valid);
        List<String> failures;
        try (RawClient client = new RawClient(server.uri())) {
            RawRequest grant = RawRequest.json(
                    "POST",
                    "/api/2.0/mlflow/experiments/permissions/create",
                    "{\"experiment_id\": \"0\", \"username\": \"ann\", \"permission\": \"EDIT\"}");
            RawResponse granted = client.send(grant.with(rootLine));
            assertEquals(200, granted.status(), granted::toString);
            List<String> credentials = List.of(
                    "Authorization: Bearer " + ann,
                    RequestMutator.basic("ann", ann),
                    "Authorization: Bearer " + ann,
                    "Authorization: Bearer " + job,
                    "Authorization: Bearer " + boss);
            List<RawRequest> refused = new ArrayList<>();
            failures = sendMutated(client, REQUESTS / 3, () -> mutator.signed(mutator.next(), credentials), refused);
            assertNone(failures, server);
            assertIsHealthy(client, rootLine);
        }
    }

    /** Adds a user without a password; returns a token of the user. */
    private static String token(
            ServerProcess server, Integer postgresPort, String name, List<String> kind, String... limits)
            throws Exception {
        List<String> add = new ArrayList<>(List.of("users", "add", name));
        add.addAll(
                kind.contains("--service")
                        ? kind
                        : Stream.concat(kind.stream(), Stream.of("--no-password"))
                                .toList());
        KirokuServers.command(server, postgresPort, add.toArray(String[]::new));
        String[] create = Stream.concat(Stream.of("users", "token", "create", name), Stream.of(limits))
                .toArray(String[]::new);
        Matcher token =
                Pattern.compile("(?m)^(kiroku_\\S+)").matcher(KirokuServers.command(server, postgresPort, create));
        assertTrue(token.find());
        return token.group(1);
    }

    private static Authenticator passwords(String user, String password) {
        return new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(user, password.toCharArray());
            }
        };
    }

    /** Returns requests of browsers that sign in and out. */
    private static List<RawRequest> signInRequests() {
        byte[] form = "username=ann&password=wrong+password&next=".getBytes(StandardCharsets.UTF_8);
        List<String> type = List.of("Content-Type: application/x-www-form-urlencoded");
        List<RawRequest> requests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            requests.add(RawRequest.get("/sign-in?next=%23%2Fexperiments"));
            requests.add(new RawRequest("POST", "/sign-in", type, form));
            requests.add(new RawRequest("POST", "/sign-out", type, new byte[0]));
        }
        return requests;
    }

    /** Registers models with mutated descriptions, which the server reads for gates; returns the failures. */
    private static List<String> registerModels(RawClient client, RequestMutator mutator) throws IOException {
        String api = "/api/2.0/mlflow/";
        JsonNode info = client.send(RawRequest.json("POST", api + "runs/create", "{\"experiment_id\": \"0\"}"))
                .json()
                .at("/run/info");
        String run = info.path("run_id").asString();
        String folder = info.path("artifact_uri").asString().replaceFirst("mlflow-artifacts:/*", "") + "/m";
        client.send(RawRequest.json("POST", api + "registered-models/create", "{\"name\": \"described\"}"));
        RawRequest register = RawRequest.json(
                "POST",
                api + "model-versions/create",
                "{\"name\": \"described\", \"source\": \"runs:/" + run + "/m\", \"run_id\": \"" + run + "\"}");
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            String yaml = i == 0 ? MLMODEL : mutator.yaml(MLMODEL);
            RawResponse stored = client.send(new RawRequest(
                    "PUT",
                    "/api/2.0/mlflow-artifacts/artifacts/" + folder + "/MLmodel",
                    List.of(),
                    yaml.getBytes(StandardCharsets.UTF_8)));
            RawResponse version = client.send(register);
            if (stored.status() != 200 || version.status() != 200) {
                failures.add(yaml + " -> " + stored + ", " + version);
            }
        }
        return failures;
    }

    private static void assertLeaveNothing(RawClient client, List<RawRequest> refused) throws IOException {
        for (int from = 0; from < Math.min(AGAIN, refused.size()); from += GROUP) {
            List<RawRequest> group = refused.subList(from, Math.min(refused.size(), from + GROUP));
            String before = everything(client);
            boolean allRefused = true;
            for (RawRequest request : group) {
                allRefused &= client.sendFramed(request).isError();
            }
            if (allRefused) { // an entity that was missing then may exist now
                String after = everything(client);
                assertEquals(before, after, () -> "one of these left something behind: " + group);
            }
        }
    }

    /** Returns everything that the server returns about its data, sorted: the order of a run's params and tags is not specified. */
    private static String everything(RawClient client) throws IOException {
        StringBuilder all = new StringBuilder();
        List<String> experiments = new ArrayList<>();
        RawResponse found = client.send(RawRequest.json(
                "POST", "/api/2.0/mlflow/experiments/search", "{\"max_results\": 1000, \"view_type\": \"ALL\"}"));
        found.json()
                .path("experiments")
                .forEach(experiment ->
                        experiments.add('"' + experiment.path("experiment_id").asString() + '"'));
        all.append(found.text());
        all.append(client.send(RawRequest.json(
                        "POST",
                        "/api/2.0/mlflow/runs/search",
                        "{\"max_results\": 5000, \"run_view_type\": \"ALL\", \"experiment_ids\": " + experiments + "}"))
                .text());
        all.append(client.send(RawRequest.json(
                        "POST",
                        "/api/2.0/mlflow/logged-models/search",
                        "{\"max_results\": 50, \"experiment_ids\": "
                                + experiments.subList(0, Math.min(experiments.size(), 10)) + "}"))
                .text());
        all.append(client.send(RawRequest.get("/api/2.0/mlflow/registered-models/search?max_results=1000"))
                .text());
        all.append(client.send(RawRequest.get("/api/2.0/mlflow/model-versions/search?max_results=1000"))
                .text());
        return Arrays.stream(all.toString().split("[{}\\[\\],]+")).sorted().collect(Collectors.joining("\n"));
    }

    private static void assertIsHealthy(RawClient client) throws IOException {
        assertIsHealthy(client, "X-Request-ID: healthy");
    }

    /** @param header a header of all requests, such as credentials */
    private static void assertIsHealthy(RawClient client, String header) throws IOException {
        assertEquals("OK", client.send(RawRequest.get("/health")).text());
        String api = "/api/2.0/mlflow/";
        String experiment = client.send(
                        RawRequest.json("POST", api + "experiments/create", "{\"name\": \"after all that\"}")
                                .with(header))
                .json()
                .path("experiment_id")
                .asString();
        String run = client.send(
                        RawRequest.json("POST", api + "runs/create", "{\"experiment_id\": \"" + experiment + "\"}")
                                .with(header))
                .json()
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
        RawResponse logged = client.send(RawRequest.json(
                        "POST",
                        api + "runs/log-metric",
                        "{\"run_id\": \"" + run + "\", \"key\": \"m\", \"value\": 1.5, \"timestamp\": 1, \"step\": 0}")
                .with(header));
        assertEquals(200, logged.status(), logged::toString);
        assertTrue(client.send(RawRequest.get(api + "runs/get?run_id=" + run).with(header))
                .text()
                .contains("1.5"));
    }

    private static Set<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        return Stream.concat(a.stream(), b.stream()).collect(Collectors.toCollection(TreeSet::new));
    }
}
