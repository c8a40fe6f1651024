package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.seed.BulkLoader;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import dev.kiroku.core.access.AccessState;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.StoreUriParser;
import dev.kiroku.stores.Stores;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * What sign-in and permissions cost; MLflow is not measured. Searches of an administrator and of a user with 1,000 grants, half of them on
 * prefixes, in 10,000 experiments of which the user may read half; and one metric logged without sign-in and with the token of that user.
 * Half of the runs are in one experiment, the others are spread over all.
 */
public final class AccessScenarios {
    private static final int EXPERIMENTS = 10_000;
    private static final int TEAMS = 1000;
    private static final int GRANTS = 1000;
    private static final int FIRST_ID = 1;
    private static final int SEARCHED = 7;
    private static final int SEARCHED_TOGETHER = 500;
    private static final int CLIENTS = 8;
    private static final Caller SETUP = new Caller("bench", "setup");
    private static final Duration WAIT = Duration.ofSeconds(30);

    private AccessScenarios() {}

    /**
     * Returns the scenarios, in pairs of administrator and user.
     *
     * @param runs the number of runs in all experiments
     */
    public static List<BenchmarkScenario> all(int runs) {
        Tokens tokens = new Tokens(runs);
        String experiments = "{\"max_results\":%d}";
        String one = searchIn(IntStream.of(SEARCHED));
        String several = searchIn(IntStream.range(FIRST_ID, FIRST_ID + SEARCHED_TOGETHER));
        return List.of(
                new Search("search-experiments-admin", "experiments/search", experiments.formatted(1000), true, tokens),
                new Search(
                        "search-experiments-1000-grants",
                        "experiments/search",
                        experiments.formatted(1000),
                        false,
                        tokens),
                new Search(
                        "search-experiments-page-admin", "experiments/search", experiments.formatted(25), true, tokens),
                new Search(
                        "search-experiments-page-1000-grants",
                        "experiments/search",
                        experiments.formatted(25),
                        false,
                        tokens),
                new Search("search-runs-admin", "runs/search", one, true, tokens),
                new Search("search-runs-1000-grants", "runs/search", one, false, tokens),
                new Search("search-runs-500-experiments-admin", "runs/search", several, true, tokens),
                new Search("search-runs-500-experiments-1000-grants", "runs/search", several, false, tokens),
                new OpenLogMetric(),
                new TokenLogMetric(tokens));
    }

    private static String searchIn(IntStream experiments) {
        return "{\"experiment_ids\":["
                + experiments.mapToObj(id -> "\"" + id + "\"").collect(Collectors.joining(","))
                + "],\"max_results\":100}";
    }

    /** The users, created with the experiments on first use. */
    private static final class Tokens {
        private final int runs;
        private final Map<Boolean, String> byAdmin = new HashMap<>();

        Tokens(int runs) {
            this.runs = runs;
        }

        String get(boolean admin, BenchmarkServer server, BenchmarkStore store) throws SQLException {
            if (byAdmin.isEmpty()) {
                try (Connection connection = store.connect(server.database())) {
                    BulkLoader.load(
                            connection,
                            "experiments (id, name, artifact_location, stage, creation_time, last_update_time)",
                            IntStream.range(FIRST_ID, FIRST_ID + EXPERIMENTS)
                                    .mapToObj(id -> new Object[] {
                                        id, team(id % TEAMS) + "/" + id, "mlflow-artifacts:/" + id, 0, id, id
                                    }));
                    BulkLoader.load(
                            connection,
                            "runs (run_id, experiment_id, name, user_id, status, start_time, stage, artifact_uri)",
                            IntStream.range(0, runs).mapToObj(n -> new Object[] {
                                "run-" + n,
                                n % 2 == 0 ? SEARCHED : FIRST_ID + n / 2 % EXPERIMENTS,
                                "run",
                                "bench",
                                0,
                                n,
                                0,
                                "mlflow-artifacts:/run-" + n
                            }));
                    BulkLoader.execute(connection, List.of("analyze"));
                }
                createUsers(store.uri(server.database()));
            }
            return byAdmin.get(admin);
        }

        private void createUsers(String uri) {
            Stores stores = Stores.open(StoreUriParser.parse(uri), WAIT);
            try {
                Users users = new Users(stores.users(), new SecureRandom(), Clock.systemUTC());
                users.add("root", null, List.of(Caller.ADMINS), SETUP);
                users.add("ann", null, List.of(), SETUP);
                AccessState state = new AccessState();
                // The prefixes name every other team; single experiments are added from one that is named and from one
                // that is not.
                for (int i = 0; i < GRANTS / 2; i++) {
                    state.addGrant(Principal.user("ann"), grant(team(2 * i) + "/*", PermissionLevel.READ));
                    state.addGrant(
                            Principal.user("ann"),
                            grant(
                                    Integer.toString(SEARCHED + 13 * i),
                                    i == 0 ? PermissionLevel.EDIT : PermissionLevel.READ));
                }
                stores.access()
                        .apply(
                                state,
                                false,
                                new ChangeContext(SETUP, Clock.systemUTC().millis()));
                byAdmin.put(
                        true, users.createToken("root", "bench", null, SETUP).value());
                byAdmin.put(
                        false, users.createToken("ann", "bench", null, SETUP).value());
            } finally {
                stores.close();
            }
        }

        private static String team(int n) {
            return "team-%04d".formatted(n);
        }

        private static Grant grant(String pattern, PermissionLevel level) {
            return new Grant(ResourceType.EXPERIMENT, ResourcePattern.parse(pattern), level);
        }
    }

    private record Search(String name, String path, String body, boolean admin, Tokens tokens)
            implements BenchmarkScenario {
        @Override
        public int clients() {
            return 4;
        }

        @Override
        public boolean authenticates() {
            return true;
        }

        @Override
        public boolean bearableForMlflow() {
            return false;
        }

        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException {
            BenchmarkRequest request =
                    BenchmarkRequest.post(ApiCalls.PATH + path, body).withToken(tokens.get(admin, server, store));
            JsonNode page = server.call(request);
            if (page.path("experiments").size() + page.path("runs").size() == 0) {
                throw new IOException(name + " finds nothing: " + page);
            }
            return new PreparedScenario(
                    (client, worker, n) -> client.sendAndDiscard(request),
                    () -> server.call(request).size());
        }
    }

    /** Appends a point on the server without authentication. */
    private record OpenLogMetric() implements BenchmarkScenario {
        @Override
        public String name() {
            return "log-metric-open";
        }

        @Override
        public int clients() {
            return CLIENTS;
        }

        @Override
        public boolean bearableForMlflow() {
            return false;
        }

        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException {
            return logMetric(server, Integer.toString(0), null);
        }
    }

    /** Appends a point with the token of the user who has the grants. */
    private record TokenLogMetric(Tokens tokens) implements BenchmarkScenario {
        @Override
        public String name() {
            return "log-metric-token";
        }

        @Override
        public int clients() {
            return CLIENTS;
        }

        @Override
        public boolean authenticates() {
            return true;
        }

        @Override
        public boolean bearableForMlflow() {
            return false;
        }

        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException {
            return logMetric(server, Integer.toString(SEARCHED), tokens.get(false, server, store));
        }
    }

    private static BenchmarkScenario.PreparedScenario logMetric(BenchmarkServer server, String experiment, String token)
            throws IOException {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            runs.add(ApiCalls.createRun(server, experiment, token));
        }
        return new BenchmarkScenario.PreparedScenario(
                (client, worker, n) -> client.sendAndDiscard(
                        ApiCalls.logMetric(runs.get(worker), n).withToken(token)),
                runs::size);
    }
}
