package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.BenchmarkRequest;
import dev.kiroku.bench.seed.DatabaseSeeder;
import dev.kiroku.bench.servers.BenchmarkServer;
import dev.kiroku.bench.servers.BenchmarkStore;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Searches for 100 runs in experiments of various sizes. */
public final class SearchScenarios {
    private static final int PAGE = 100;
    private static final int DEEPEST = 20_000;
    private static final int STRIDE = 1000;

    /** The kinds of searches. The operand of a comparison changes from call to call, so that calls differ. */
    private enum Kind {
        METRIC("metrics.m0 > 0.5%03d", "metrics.m1 DESC"),
        SELECTIVE("metrics.m0 > 0.9995%03d", "metrics.m1 DESC"),
        PARAM("params.lr = '0.0%d'", null),
        RARE_PARAM("params.seed = 'run-%s-%d'", null),
        TAG("tags.team = 'team-%d'", "metrics.m1 DESC"),
        THREE_TERMS("metrics.m0 > 0.9%03d and params.lr = '0.01' and tags.team = 'team-3'", "metrics.m1 DESC"),
        RECENT("", "attributes.start_time DESC"),
        DEEP("", "attributes.start_time DESC");

        private final String filter;
        private final String order;

        Kind(String filter, String order) {
            this.filter = filter;
            this.order = order;
        }

        String filter(String size, int count, long n) {
            return switch (this) {
                case METRIC, SELECTIVE, THREE_TERMS -> filter.formatted(n % 1000);
                case PARAM -> filter.formatted(n % 10);
                case TAG -> filter.formatted(n % 20);
                case RARE_PARAM -> filter.formatted(size, n * 7919 % count);
                case RECENT, DEEP -> filter;
            };
        }
    }

    private SearchScenarios() {}

    /** Returns all scenarios. @param mlflowUpTo the largest number of runs for which MLflow is measured */
    public static List<BenchmarkScenario> all(List<Integer> sizes, int mlflowUpTo) {
        Experiments experiments = new Experiments();
        List<BenchmarkScenario> scenarios = new ArrayList<>();
        for (int size : sizes) {
            for (Kind kind : Kind.values()) {
                scenarios.add(new Search(kind, size, size <= mlflowUpTo, experiments));
            }
        }
        return scenarios;
    }

    static String label(int size) {
        return size >= 1_000_000 ? size / 1_000_000 + "m" : size / 1000 + "k";
    }

    /** The experiments that exist already, by server and size. */
    private static final class Experiments {
        private final Map<String, String> made = new HashMap<>();

        String get(BenchmarkServer server, BenchmarkStore store, int size) throws IOException, SQLException {
            String key = server.product() + "/" + size;
            if (!made.containsKey(key)) {
                made.put(key, DatabaseSeeder.runs(server, store, label(size), size));
            }
            return made.get(key);
        }
    }

    private record Search(Kind kind, int size, boolean bearableForMlflow, Experiments experiments)
            implements BenchmarkScenario {
        @Override
        public String name() {
            return "search-" + label(size) + "-"
                    + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        @Override
        public int clients() {
            return 4;
        }

        @Override
        public PreparedScenario prepare(BenchmarkServer server, BenchmarkStore store) throws IOException, SQLException {
            String experiment = experiments.get(server, store, size);
            String token = kind == Kind.DEEP ? deepToken(server, experiment) : null;
            LongFunction<BenchmarkRequest> request =
                    n -> request(experiment, kind.filter(label(size), size, n), PAGE, token);
            return new PreparedScenario(
                    (client, worker, n) -> client.sendAndDiscard(request.apply(n * clients() + worker)),
                    () -> ApiCalls.runs(server.call(request.apply(1))));
        }

        private BenchmarkRequest request(String experiment, String filter, int maxResults, String token) {
            return BenchmarkRequest.post(
                    ApiCalls.PATH + "runs/search",
                    "{\"experiment_ids\":[\"" + experiment + "\"],\"max_results\":" + maxResults
                            + ",\"filter\":\"" + filter + "\""
                            + (kind.order == null ? "" : ",\"order_by\":[\"" + kind.order + "\"]")
                            + (token == null ? "" : ",\"page_token\":\"" + token + "\"") + "}");
        }

        /** Returns the page token in the middle of the experiment, at most 20,000 runs deep. */
        private String deepToken(BenchmarkServer server, String experiment) throws IOException {
            String token = null;
            int stride = Math.min(STRIDE, size / 4);
            for (int depth = 0; depth < Math.min(size / 2, DEEPEST); depth += stride) {
                token = server.call(request(experiment, "", stride, token))
                        .get("next_page_token")
                        .asString();
            }
            return token;
        }
    }
}
