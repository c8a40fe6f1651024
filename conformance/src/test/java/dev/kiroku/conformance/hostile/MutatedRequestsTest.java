package dev.kiroku.conformance.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kiroku.conformance.KirokuServers;
import dev.kiroku.conformance.ServerProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sends ten thousand mutated requests. None may cause a server error, and rejected requests must change nothing. */
class MutatedRequestsTest {
    private static final int REQUESTS = Integer.getInteger("hostile.requests", 10_000);
    private static final long SEED = Long.getLong("hostile.seed", 20261124);
    /** The number of rejected requests that are sent again in groups, to check that they change nothing. */
    private static final int AGAIN = 1500;

    private static final int GROUP = 100;
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

    private static void attack(ServerProcess server) throws Exception {
        List<RawRequest> valid = ValidRequests.of(server);
        RequestMutator mutator = new RequestMutator(SEED, valid);
        List<RawRequest> refused = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        try (RawClient client = new RawClient(server.uri())) {
            for (int i = 0; i < REQUESTS; i++) {
                RawRequest request = mutator.next();
                try {
                    RawResponse answer = send(client, request);
                    answer.assertIsWellFormed(request);
                    if (answer.isError() && CHANGING.contains(request.method())) {
                        refused.add(request);
                    }
                } catch (AssertionError | IOException e) {
                    failures.add(e.toString());
                }
            }
            String errors = server.log()
                    .lines()
                    .filter(line -> line.contains(" ERROR "))
                    .limit(10)
                    .collect(Collectors.joining("\n"));
            if (!failures.isEmpty() || !errors.isEmpty()) {
                fail(failures.size() + " failures, such as:\n"
                        + failures.stream().limit(10).collect(Collectors.joining("\n")) + "\n" + errors);
            }
            assertLeaveNothing(client, refused);
            assertIsHealthy(client);
        }
        assertEquals(
                Set.of("artifacts", "kiroku.db", "kiroku.db-shm", "kiroku.db-wal", "server.log"),
                union(files(server.directory()), Set.of("kiroku.db", "kiroku.db-shm", "kiroku.db-wal")),
                "nothing lies outside of where it belongs");
    }

    /** If the body may differ in length from what is announced, the connection cannot be reused. */
    private static RawResponse send(RawClient client, RawRequest request) throws IOException {
        boolean framed = request.headers().stream()
                .noneMatch(line -> line.startsWith("Transfer-Encoding") || line.startsWith("Upgrade"));
        return framed ? client.send(request) : client.sendAndEnd(request);
    }

    private static void assertLeaveNothing(RawClient client, List<RawRequest> refused) throws IOException {
        for (int from = 0; from < Math.min(AGAIN, refused.size()); from += GROUP) {
            List<RawRequest> group = refused.subList(from, Math.min(refused.size(), from + GROUP));
            String before = everything(client);
            boolean allRefused = true;
            for (RawRequest request : group) {
                allRefused &= send(client, request).isError();
            }
            if (allRefused) { // an entity that was missing then may exist now
                String after = everything(client);
                assertEquals(before, after, () -> "one of these left something behind: " + group);
            }
        }
    }

    /** Returns everything that the server returns about its data. */
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
        return all.toString();
    }

    private static void assertIsHealthy(RawClient client) throws IOException {
        assertEquals("OK", client.send(RawRequest.get("/health")).text());
        String api = "/api/2.0/mlflow/";
        String experiment = client.send(
                        RawRequest.json("POST", api + "experiments/create", "{\"name\": \"after all that\"}"))
                .json()
                .path("experiment_id")
                .asString();
        String run = client.send(
                        RawRequest.json("POST", api + "runs/create", "{\"experiment_id\": \"" + experiment + "\"}"))
                .json()
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
        RawResponse logged = client.send(RawRequest.json(
                "POST",
                api + "runs/log-metric",
                "{\"run_id\": \"" + run + "\", \"key\": \"m\", \"value\": 1.5, \"timestamp\": 1, \"step\": 0}"));
        assertEquals(200, logged.status(), logged::toString);
        assertTrue(client.send(RawRequest.get(api + "runs/get?run_id=" + run))
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
