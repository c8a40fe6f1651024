package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.core.search.SearchGrammar;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.OverviewStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.tracking.SearchLimits;
import dev.kiroku.stores.tracking.SqlRunStore;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract of the stores, run on each database while a compactor works. */
public abstract class StoresContract {
    /** Returns the stores, opened once for all tests; each test uses its own experiments. */
    protected abstract Stores stores();

    private long newExperiment() {
        return stores().experiments()
                .create("x-" + UUID.randomUUID(), id -> "mlflow-artifacts:/" + id, List.of(), 1000);
    }

    private Run newRun(long experiment) {
        String id = UUID.randomUUID().toString().replace("-", "");
        stores().runs()
                .create(new RunStore.NewRun(
                        id, experiment, "n", "u", 5, id + "/artifacts", List.of(new KeyValue(RunStore.NAME_TAG, "n"))));
        return stores().runs().get(id);
    }

    @Test
    void loggedDataIsReadBack() {
        Run run = newRun(newExperiment());
        String id = run.info().runId();
        stores().runs()
                .logBatch(
                        id,
                        List.of(
                                new Metric("m", 1.5, 10, 0),
                                new Metric("m", 2.5, 11, 1),
                                new Metric("nan", Double.NaN, 1, 0),
                                new Metric("inf", Double.POSITIVE_INFINITY, 1, 0)),
                        List.of(new KeyValue("p", "v")),
                        List.of(new KeyValue("t", "w")));
        stores().runs()
                .logBatch(id, List.of(new Metric("m", 2.5, 11, 1), new Metric("m", 9, 99, -1)), List.of(), List.of());
        Run seen = stores().runs().get(id);
        assertEquals(
                "mlflow-artifacts:/" + run.info().experimentId() + "/" + id + "/artifacts",
                seen.info().artifactUri());
        assertEquals(List.of(new KeyValue("p", "v")), seen.data().params());
        assertEquals(2, seen.data().tags().size());
        Metric m = seen.data().metrics().stream()
                .filter(x -> x.key().equals("m"))
                .findFirst()
                .orElseThrow();
        assertEquals(new Metric("m", 2.5, 11, 1), m);
        assertTrue(seen.data().metrics().stream().anyMatch(x -> x.key().equals("nan") && Double.isNaN(x.value())));
        assertTrue(
                seen.data().metrics().stream().anyMatch(x -> x.key().equals("inf") && x.value() == Double.MAX_VALUE));
        assertEquals(
                List.of(new Metric("m", 1.5, 10, 0), new Metric("m", 2.5, 11, 1), new Metric("m", 9, 99, -1)),
                stores().runs().getMetricHistory(id, "m", 0, null).items());
        var first = stores().runs().getMetricHistory(id, "m", 2, null);
        assertEquals(
                1,
                stores().runs()
                        .getMetricHistory(id, "m", 2, first.nextPageToken())
                        .items()
                        .size());
    }

    private static void assertRefused(ErrorCode code, Runnable operation) {
        assertEquals(code, assertThrows(KirokuException.class, operation::run).code());
    }

    private Set<String> found(ViewType view, String prefix) {
        var like = new Condition(
                new SearchField(SearchField.Kind.ATTRIBUTE, "name"),
                ComparisonOperator.LIKE,
                new Operand.Text(prefix + "%"));
        return stores()
                .experiments()
                .search(new ExperimentStore.Query(
                        view, new SearchFilter(List.of(like)), List.of(), 100, null, VisibleResources.ALL))
                .items()
                .stream()
                .map(Experiment::name)
                .collect(Collectors.toSet());
    }

    @Test
    void experimentLifecycle() {
        ExperimentStore experiments = stores().experiments();
        String a = "a-" + UUID.randomUUID();
        String b = a + "-b";
        long id = experiments.create(a, n -> "s3://bucket/" + n, List.of(new KeyValue("team", "vision")), 1000);
        Experiment made = experiments.get(id);
        assertEquals(
                List.of(a, "s3://bucket/" + id, "active", 1000L, 1000L, List.of(new KeyValue("team", "vision"))),
                List.of(
                        made.name(),
                        made.artifactLocation(),
                        made.lifecycleStage(),
                        made.creationTime(),
                        made.lastUpdateTime(),
                        made.tags()));
        assertRefused(ErrorCode.RESOURCE_ALREADY_EXISTS, () -> experiments.create(a, n -> "x", List.of(), 1));
        long other = experiments.create(b, n -> "x", List.of(), 1001);
        assertRefused(ErrorCode.RESOURCE_ALREADY_EXISTS, () -> experiments.rename(other, a, 1002));
        String run = newRun(id).info().runId();

        experiments.setLifecycleStage(id, LifecycleStage.DELETED, 2000);
        assertEquals(
                "deleted 2000",
                experiments.get(id).lifecycleStage() + " " + experiments.get(id).lastUpdateTime());
        assertEquals(
                "deleted",
                stores().runs().get(run).info().lifecycleStage(),
                "the runs of the experiment are deleted too");
        assertEquals("deleted", experiments.findByName(a).orElseThrow().lifecycleStage());
        assertRefused(
                ErrorCode.RESOURCE_ALREADY_EXISTS,
                () -> experiments.create(a, n -> "x", List.of(), 1)); // a deleted one keeps its name
        assertRefused(ErrorCode.BAD_REQUEST, () -> experiments.rename(id, a + "-c", 1));
        assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, () -> experiments.setTag(id, new KeyValue("k", "v")));
        assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, () -> newRun(id));
        assertEquals(Set.of(b), found(ViewType.ACTIVE_ONLY, a));
        assertEquals(Set.of(a), found(ViewType.DELETED_ONLY, a));
        assertEquals(Set.of(a, b), found(ViewType.ALL, a));

        experiments.setLifecycleStage(id, LifecycleStage.ACTIVE, 3000);
        assertEquals(
                "active 3000",
                experiments.get(id).lifecycleStage() + " " + experiments.get(id).lastUpdateTime());
        assertEquals("active", stores().runs().get(run).info().lifecycleStage());
        experiments.rename(id, a + "-new", 4000);
        assertEquals(
                id,
                Long.parseLong(experiments.findByName(a + "-new").orElseThrow().experimentId()));
        assertTrue(experiments.findByName(a).isEmpty());
        experiments.rename(other, a, 5000); // the name is free again
        experiments.setTag(id, new KeyValue("team", "speech"));
        assertEquals(
                List.of(new KeyValue("team", "speech")), experiments.get(id).tags());
        experiments.deleteTag(id, "team");
        assertRefused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> experiments.deleteTag(id, "team"));
        assertRefused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> experiments.get(Long.MAX_VALUE));
    }

    @Test
    void concurrentCreatesOfOneNameYieldOneExperiment() throws Exception {
        String name = "race-" + UUID.randomUUID();
        try (var pool = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> calls = IntStream.range(0, 16)
                    .<Callable<Boolean>>mapToObj(i ->
                            () -> succeeds(() -> stores().experiments().create(name, n -> "x" + n, List.of(), 1)))
                    .toList();
            int made = 0;
            for (Future<Boolean> call : pool.invokeAll(calls)) {
                made += call.get() ? 1 : 0;
            }
            assertEquals(1, made);
        }
    }

    @Test
    void overviewOfManyRuns() {
        long experiment = newExperiment();
        for (int i = 0; i < 5; i++) {
            String id = newRun(experiment).info().runId();
            List<Metric> metrics = i == 4
                    ? List.of(new Metric("nan only", Double.NaN, 1, 0))
                    : List.of(new Metric("a", i, 1, 0), new Metric("a", i + 10, 2, 1));
            stores().runs()
                    .logBatch(
                            id, metrics, List.of(new KeyValue("p", "v" + i % 2)), List.of(new KeyValue("t", "w" + i)));
        }
        List<Long> ids = List.of(experiment);
        Function<String, RunStore.Query> from = token -> new RunStore.Query(
                ids,
                ViewType.ACTIVE_ONLY,
                new SearchFilter(List.of()),
                List.of(new OrderTerm(new SearchField(SearchField.Kind.METRIC, "a"), false)),
                3,
                token);
        var query = from.apply(null);
        var page = stores().overviews()
                .findRows(
                        query,
                        0,
                        new OverviewStore.Columns(
                                List.of("nobody has it", "a"), List.of(), List.of("p"), List.of("t", "no")));
        assertEquals(
                List.of(13.0, 12.0, 11.0),
                page.items().stream().map(row -> row.metrics().get(1)).toList());
        assertEquals(
                Collections.singletonList(null),
                page.items().getFirst().metrics().subList(0, 1));
        assertEquals(List.of("v1"), page.items().getFirst().params());
        assertEquals("w3", page.items().getFirst().tags().getFirst());
        assertTrue(page.nextPageToken() != null);
        assertEquals(5, stores().overviews().countRuns(query));
        // Skipping may lead to the runs without the metric; pages continue from there.
        var none = new OverviewStore.Columns(List.of(), List.of(), List.of(), List.of());
        var order = new ArrayList<>(
                page.items().stream().map(OverviewApi.RunRow::runId).toList());
        var rest = stores().overviews().findRows(from.apply(page.nextPageToken()), 0, none);
        order.addAll(rest.items().stream().map(OverviewApi.RunRow::runId).toList());
        for (int skip = 0; skip <= 6; skip++) {
            var jumped = stores().overviews().findRows(query, skip, none);
            assertEquals(
                    order.subList(Math.min(5, skip), Math.min(5, skip + 3)),
                    jumped.items().stream().map(OverviewApi.RunRow::runId).toList());
            if (jumped.nextPageToken() != null) {
                var next = stores().overviews().findRows(from.apply(jumped.nextPageToken()), 0, none);
                assertEquals(
                        order.subList(skip + 3, 5),
                        next.items().stream().map(OverviewApi.RunRow::runId).toList());
            }
        }

        OverviewApi.RunKeysResponse keys = stores().overviews().findKeys(ids);
        assertEquals(
                List.of(
                        new OverviewApi.MetricRange("a", 10.0, 13.0),
                        new OverviewApi.MetricRange("nan only", null, null)),
                keys.metrics());
        assertEquals(List.of("p"), keys.params());
        assertTrue(
                keys.tags().containsAll(List.of("t", RunStore.NAME_TAG)),
                keys.tags().toString());

        assertEquals(List.of("v0", "v1"), stores().overviews().findValues(ids, OverviewApi.KeyKind.PARAM, "p", "", 50));
        assertEquals(List.of("w3"), stores().overviews().findValues(ids, OverviewApi.KeyKind.TAG, "t", "3", 50));
        assertEquals(
                2,
                stores().overviews()
                        .findValues(ids, OverviewApi.KeyKind.TAG, "t", "", 2)
                        .size());
        assertEquals(List.of(), stores().overviews().findValues(ids, OverviewApi.KeyKind.TAG, "unknown key", "", 50));

        var history =
                stores().overviews().getMetricHistories(page.items().getFirst().runId(), List.of("no", "a"));
        assertEquals(
                List.of(List.of(), List.of(new Metric("a", 3, 1, 0), new Metric("a", 13, 2, 1))), history.metrics());
        assertEquals(5, history.startTime());
    }

    /** Points are logged in any order, several at a time, some of them NaN; some runs have only NaN, or no points. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void runsAreOrderedByMetricExtremes(long seed) {
        Random random = new Random(seed);
        long experiment = newExperiment();
        Map<String, double[]> extremes = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            String id = newRun(experiment).info().runId();
            double[] ofRun = {Double.NaN, Double.NaN};
            for (int batch = random.nextInt(4); batch > 0; batch--) {
                List<Metric> metrics = new ArrayList<>();
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    double value = random.nextInt(3) == 0 || i == 3 ? Double.NaN : random.nextInt(100) - 50;
                    metrics.add(new Metric("loss", value, 1, random.nextInt(10)));
                    if (!Double.isNaN(value)) {
                        ofRun[0] = Double.isNaN(ofRun[0]) ? value : Math.min(ofRun[0], value);
                        ofRun[1] = Double.isNaN(ofRun[1]) ? value : Math.max(ofRun[1], value);
                    }
                }
                stores().runs().logBatch(id, metrics, List.of(), List.of());
            }
            extremes.put(id, ofRun);
        }
        for (SearchField.Kind kind : List.of(SearchField.Kind.METRIC_MIN, SearchField.Kind.METRIC_MAX)) {
            for (boolean ascending : List.of(true, false)) {
                List<Double> seen = new ArrayList<>();
                String token = null;
                do {
                    var query = new RunStore.Query(
                            List.of(experiment),
                            ViewType.ALL,
                            new SearchFilter(List.of()),
                            List.of(new OrderTerm(new SearchField(kind, "loss"), ascending)),
                            5,
                            token);
                    var page = stores().overviews()
                            .findRows(
                                    query,
                                    0,
                                    new OverviewStore.Columns(
                                            List.of(), List.of("none", "loss"), List.of(), List.of()));
                    for (OverviewApi.RunRow row : page.items()) {
                        double[] expected = extremes.get(row.runId());
                        assertEquals(
                                expected[0],
                                row.least().get(1) == null
                                        ? Double.NaN
                                        : row.least().get(1));
                        assertEquals(
                                expected[1],
                                row.greatest().get(1) == null
                                        ? Double.NaN
                                        : row.greatest().get(1));
                        seen.add(kind == SearchField.Kind.METRIC_MIN ? expected[0] : expected[1]);
                    }
                    token = page.nextPageToken();
                } while (token != null);
                java.util.Comparator<Double> order =
                        ascending ? java.util.Comparator.naturalOrder() : java.util.Comparator.reverseOrder();
                List<Double> sorted = new ArrayList<>(seen);
                sorted.sort(java.util.Comparator.comparing((Double value) -> value.isNaN())
                        .thenComparing(order));
                assertEquals(sorted, seen);
                assertEquals(extremes.size(), seen.size());
            }
        }
    }

    @Test
    void batchWithChangedParamIsRolledBack() {
        String id = newRun(newExperiment()).info().runId();
        stores().runs().logBatch(id, List.of(), List.of(new KeyValue("p", "1")), List.of());
        KirokuException refused = assertThrows(
                KirokuException.class,
                () -> stores().runs()
                        .logBatch(
                                id,
                                List.of(new Metric("m", 1, 1, 1)),
                                List.of(new KeyValue("q", "1"), new KeyValue("p", "2")),
                                List.of()));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        Run seen = stores().runs().get(id);
        assertEquals(1, seen.data().params().size());
        assertTrue(seen.data().metrics().isEmpty());
    }

    @Test
    void concurrentWritersOfOneRunLoseNothing() throws Exception {
        String id = newRun(newExperiment()).info().runId();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> tasks = IntStream.range(0, 200)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        stores().runs()
                                .logBatch(
                                        id,
                                        List.of(new Metric("m", i, i, i)),
                                        List.of(new KeyValue("p" + i, "v" + i)),
                                        List.of());
                        return null;
                    })
                    .toList();
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        }
        assertEquals(
                200, stores().runs().getMetricHistory(id, "m", 0, null).items().size());
        assertEquals(200, stores().runs().get(id).data().params().size());
        assertEquals(199, stores().runs().get(id).data().metrics().getFirst().value());
    }

    @Test
    void searchPagesNeitherSkipNorRepeat() {
        long experiment = newExperiment();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ids.add(newRun(experiment).info().runId());
        }
        List<String> seen = new ArrayList<>();
        String token = null;
        do {
            var page = stores().runs()
                    .search(new RunStore.Query(
                            List.of(experiment), ViewType.ALL, new SearchFilter(List.of()), List.of(), 4, token));
            page.items().forEach(run -> seen.add(run.info().runId()));
            token = page.nextPageToken();
        } while (token != null);
        assertEquals(ids.stream().sorted().toList(), seen);
    }

    /** Each hostile filter gives a result or a refusal, never an internal error. */
    @ParameterizedTest
    @MethodSource("hostileFilters")
    void hostileFilterIsAnsweredOrRefused(String filter) {
        long experiment = newExperiment();
        String run = newRun(experiment).info().runId();
        stores().runs()
                .logBatch(
                        run,
                        List.of(new Metric("m", 1, 1, 1)),
                        List.of(new KeyValue("p", "a".repeat(6000))),
                        List.of(new KeyValue("t", "a".repeat(5000))));
        try {
            stores().runs()
                    .search(new RunStore.Query(
                            List.of(experiment),
                            ViewType.ALL,
                            SearchLanguage.parseFilter(SearchGrammar.RUNS, filter),
                            List.of(),
                            10,
                            null));
        } catch (KirokuException e) {
            assertEquals(400, e.code().httpStatus(), e.getMessage());
        }
    }

    static List<String> hostileFilters() {
        String digits = "9".repeat(399);
        return List.of(
                "params.p LIKE '" + "a".repeat(60_000) + "'",
                "tags.t ILIKE '" + "%".repeat(60_000) + "'",
                "params.p LIKE '" + "値".repeat(20_000) + "'",
                "params.p LIKE '" + "%a".repeat(2000) + "%b'",
                "tags.t ILIKE '" + "%_".repeat(2000) + "b%'",
                "attributes.run_name LIKE '" + "_%".repeat(10_000) + "'",
                "metrics.m > " + digits,
                "metrics.m = -" + digits + "." + digits,
                "metrics.m < 1e" + digits,
                "metrics.m != 1e-" + digits,
                "attributes.start_time > " + digits,
                "attributes.start_time < 1e" + digits,
                "attributes.end_time = 0." + digits,
                "params.p = 'a\0b'",
                "tags.`a\0b` = 'x'",
                "params.p LIKE '\ud800'",
                "tags.t = '\udc00\ud800'",
                "params.p IN ('" + "a','".repeat(9000) + "b')",
                "attributes.run_id IN ('" + "a','".repeat(9000) + "b')");
    }

    /** Long patterns may be matched by another algorithm than short ones. */
    @Test
    void longPatternsMatchAsShortOnes() {
        long experiment = newExperiment();
        String run = newRun(experiment).info().runId();
        String value = "Ab".repeat(60) + "c";
        stores().runs().logBatch(run, List.of(), List.of(new KeyValue("p", value)), List.of(new KeyValue("t", value)));
        String prefix = "Ab".repeat(50);
        for (String filter : List.of(
                "params.p LIKE '" + prefix + "%c'",
                "params.p LIKE '%" + prefix + "%'",
                "params.p LIKE '" + "_".repeat(121) + "'",
                "tags.t ILIKE '%" + prefix.toUpperCase(Locale.ROOT) + "%C'",
                "tags.t ILIKE '" + prefix.toLowerCase(Locale.ROOT) + "%'")) {
            assertEquals(List.of(run), findRuns(experiment, filter), filter);
        }
        for (String filter : List.of(
                "params.p LIKE '" + prefix.toLowerCase(Locale.ROOT) + "%'",
                "params.p LIKE '" + "_".repeat(120) + "'",
                "params.other LIKE '" + prefix + "%'",
                "tags.t ILIKE '%" + prefix + "d%'")) {
            assertEquals(List.of(), findRuns(experiment, filter), filter);
        }
    }

    private List<String> findRuns(long experiment, String filter) {
        return stores()
                .runs()
                .search(new RunStore.Query(
                        List.of(experiment),
                        ViewType.ALL,
                        SearchLanguage.parseFilter(SearchGrammar.RUNS, filter),
                        List.of(),
                        10,
                        null))
                .items()
                .stream()
                .map(found -> found.info().runId())
                .toList();
    }

    @Test
    void forgedPageTokenIsRefused() {
        long experiment = newExperiment();
        newRun(experiment);
        newRun(experiment);
        var query =
                new RunStore.Query(List.of(experiment), ViewType.ALL, new SearchFilter(List.of()), List.of(), 1, null);
        String token = stores().runs().search(query).nextPageToken();
        List<String> forged = new ArrayList<>(List.of("x", "AAAA", "!", "-", token + "A", token.substring(1)));
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = Base64.getUrlDecoder().decode(token);
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            forged.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        forged.add(unsignedToken("runs []", "13:1000-"));
        for (String text : forged) {
            assertRefused(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    () -> stores().runs()
                            .search(new RunStore.Query(
                                    List.of(experiment),
                                    ViewType.ALL,
                                    new SearchFilter(List.of()),
                                    List.of(),
                                    1,
                                    text)));
        }
    }

    /** Returns a token with a checksum instead of a signature, as they were before there were signatures. */
    private static String unsignedToken(String search, String content) {
        CRC32 checksum = new CRC32();
        checksum.update(search.getBytes(StandardCharsets.UTF_8));
        checksum.update(content.getBytes(StandardCharsets.UTF_8));
        byte[] body = content.getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(4 + body.length)
                        .putInt((int) checksum.getValue())
                        .put(body)
                        .array());
    }

    @Test
    void historyTokenOfAnotherMetricIsRefused() {
        String run = newRun(newExperiment()).info().runId();
        stores().runs()
                .logBatch(
                        run,
                        List.of(
                                new Metric("a", 1, 1, 1),
                                new Metric("a", 2, 2, 2),
                                new Metric("b", 1, 1, 1),
                                new Metric("b", 2, 2, 2)),
                        List.of(),
                        List.of());
        String token = stores().runs().getMetricHistory(run, "a", 1, null).nextPageToken();
        assertEquals(
                2,
                stores().runs()
                        .getMetricHistory(run, "a", 1, token)
                        .items()
                        .getFirst()
                        .value());
        assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, () -> stores().runs().getMetricHistory(run, "b", 1, token));
        assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, () -> stores().runs().getMetricHistory(run, "a", 1, "AAAA"));
    }

    /** As MLflow 3.18: an earlier value of a metric does not satisfy a condition. */
    @Test
    void loggedModelsAreSearchedByTheLatestValueOfAMetric() {
        long experiment = newExperiment();
        String run = newRun(experiment).info().runId();
        String model = "m-" + UUID.randomUUID().toString().replace("-", "");
        stores().loggedModels()
                .create(new LoggedModelStore.NewModel(
                        model, experiment, "model", null, run, model, List.of(), List.of(), 1));
        stores().runs()
                .logBatch(
                        run,
                        List.of(
                                new Metric("loss", 0.9, 1, 1, "d1", "1", model, null),
                                new Metric("loss", 0.1, 2, 2, "d1", "1", model, null),
                                new Metric("loss", 0.5, 3, 3, "d2", "1", model, null)),
                        List.of(),
                        List.of());
        assertEquals(List.of(model), findModels(experiment, "metrics.loss = 0.5", List.of()));
        assertEquals(List.of(), findModels(experiment, "metrics.loss > 0.8", List.of()));
        var onD1 = List.of(new LoggedModelApi.DatasetFilter("d1", null));
        assertEquals(List.of(model), findModels(experiment, "metrics.loss < 0.2", onD1));
        assertEquals(List.of(), findModels(experiment, "metrics.loss = 0.9", onD1));
        assertEquals(List.of(), findModels(experiment, "metrics.loss = 0.5", onD1));
    }

    private List<String> findModels(long experiment, String filter, List<LoggedModelApi.DatasetFilter> datasets) {
        return stores()
                .loggedModels()
                .search(new LoggedModelStore.Query(
                        List.of(experiment),
                        SearchLanguage.parseFilter(SearchGrammar.LOGGED_MODELS, filter),
                        datasets,
                        List.of(),
                        10,
                        null))
                .items()
                .stream()
                .map(m -> m.info().modelId())
                .toList();
    }

    private static final List<String> KEYS = List.of("a", "b", "c d", "日本");
    private static final List<String> VALUES = List.of("", "x", "X", "xy", "%", "_", "é", "値", "10", "9");
    private static final double[] NUMBERS = {
        0, -0.0, 1, 2, 0.5, -3, 1e300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
    };

    /** Applies random operations, then compares reads and searches with the reference. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomOperationsMatchReference(long seed) {
        Random random = new Random(seed);
        ReferenceRuns reference = new ReferenceRuns();
        long experiment = newExperiment();
        for (int step = 0; step < 150; step++) {
            List<String> ids = List.copyOf(reference.runs.keySet());
            int what = ids.isEmpty() ? 0 : random.nextInt(10);
            String id = ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
            switch (what) {
                case 0 -> {
                    String newId = String.format("%032x", new BigInteger(127, random));
                    String name = VALUES.get(1 + random.nextInt(VALUES.size() - 1));
                    long start = random.nextInt(5);
                    stores().runs()
                            .create(new RunStore.NewRun(
                                    newId,
                                    experiment,
                                    name,
                                    "u",
                                    start,
                                    newId,
                                    List.of(new KeyValue(RunStore.NAME_TAG, name))));
                    reference.runs.put(newId, new ReferenceRuns.RunState(newId, start, name));
                }
                case 1 -> {
                    LifecycleStage stage = random.nextInt(3) == 0 ? LifecycleStage.DELETED : LifecycleStage.ACTIVE;
                    stores().runs().setLifecycleStage(id, stage, 1);
                    reference.move(id, stage);
                }
                case 2 -> {
                    String key =
                            random.nextInt(4) == 0 ? RunStore.NAME_TAG + "2" : KEYS.get(random.nextInt(KEYS.size()));
                    assertEquals(
                            reference.deleteTag(id, key),
                            succeeds(() -> stores().runs().deleteTag(id, key)),
                            "deletion of tag " + key);
                }
                default -> {
                    List<Metric> metrics = some(
                            random,
                            () -> new Metric(
                                    KEYS.get(random.nextInt(KEYS.size())),
                                    NUMBERS[random.nextInt(NUMBERS.length)],
                                    random.nextInt(4),
                                    random.nextInt(4) - 1));
                    List<KeyValue> params = distinct(some(random, () -> pair(random)));
                    List<KeyValue> tags = distinct(some(
                            random,
                            () -> random.nextInt(8) == 0
                                    ? new KeyValue(RunStore.NAME_TAG, VALUES.get(1 + random.nextInt(VALUES.size() - 1)))
                                    : pair(random)));
                    boolean taken = reference.log(id, metrics, params, tags);
                    assertEquals(
                            taken,
                            succeeds(() -> stores().runs().logBatch(id, metrics, params, tags)),
                            "log of " + metrics + params + tags);
                }
            }
        }
        reference.runs.forEach((id, expected) -> assertMatches(expected, reference, id));
        for (int i = 0; i < 160; i++) {
            List<Condition> conditions =
                    some(random, () -> condition(random)).stream().limit(2).toList();
            List<OrderTerm> order =
                    distinctFields(some(random, () -> new OrderTerm(field(random), random.nextBoolean())));
            int pageSize = 1 + random.nextInt(6);
            assertEquals(
                    reference.search(conditions, order),
                    pages(waysToSearch().get(i % 4), experiment, conditions, order, pageSize),
                    conditions + " by " + order);
        }
    }

    private void assertMatches(ReferenceRuns.RunState expected, ReferenceRuns reference, String id) {
        Run seen = stores().runs().get(id);
        assertEquals(expected.name, seen.info().runName());
        assertEquals(expected.active ? "active" : "deleted", seen.info().lifecycleStage());
        assertEquals(expected.params, asMap(seen.data().params()));
        assertEquals(expected.tags, asMap(seen.data().tags()));
        Map<String, Metric> latest = new TreeMap<>();
        seen.data().metrics().forEach(m -> latest.put(m.key(), m));
        assertEquals(expected.latest(), latest);
        for (String key : KEYS) {
            assertEquals(
                    reference.history(id, key),
                    stores().runs().getMetricHistory(id, key, 0, null).items(),
                    "history of " + key);
        }
    }

    /** Returns stores with search limits so small that each strategy is used, which otherwise needs many runs. */
    private List<RunStore> waysToSearch() {
        List<RunStore> ways = new ArrayList<>(List.of(stores().runs()));
        for (SearchLimits bounds : List.of(
                new SearchLimits(1, 2, 2, 1, 8),
                new SearchLimits(1, 2, 5, 1000, 1),
                new SearchLimits(1, 3, 1000, 1000, 1000),
                new SearchLimits(3, 1000, 1000, 1, 8))) {
            ways.add(new SqlRunStore(
                    stores().database(), new TextDictionary("keys", 10), new TextDictionary("texts", 10), bounds));
        }
        return ways;
    }

    private static List<String> pages(
            RunStore runs, long experiment, List<Condition> conditions, List<OrderTerm> order, int pageSize) {
        List<String> ids = new ArrayList<>();
        String token = null;
        do {
            var page = runs.search(new RunStore.Query(
                    List.of(experiment), ViewType.ACTIVE_ONLY, new SearchFilter(conditions), order, pageSize, token));
            page.items().forEach(run -> ids.add(run.info().runId()));
            token = page.nextPageToken();
        } while (token != null);
        return ids;
    }

    private static SearchField field(Random random) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        return switch (random.nextInt(5)) {
            case 0, 1 -> new SearchField(SearchField.Kind.METRIC, key);
            case 2 -> new SearchField(SearchField.Kind.PARAM, key);
            case 3 -> new SearchField(SearchField.Kind.TAG, key);
            default ->
                new SearchField(
                        SearchField.Kind.ATTRIBUTE,
                        List.of("start_time", "run_name", "run_id").get(random.nextInt(3)));
        };
    }

    private static Condition condition(Random random) {
        SearchField field = field(random);
        boolean number = field.kind() == SearchField.Kind.METRIC || field.key().equals("start_time");
        if (number) {
            ComparisonOperator[] all = {
                ComparisonOperator.EQ,
                ComparisonOperator.NE,
                ComparisonOperator.LT,
                ComparisonOperator.LE,
                ComparisonOperator.GT,
                ComparisonOperator.GE
            };
            ComparisonOperator comparator = all[random.nextInt(all.length)];
            return field.kind() == SearchField.Kind.METRIC
                    ? new Condition(field, comparator, new Operand.DoubleNumber(random.nextInt(4) - 1))
                    : new Condition(field, comparator, new Operand.LongNumber(random.nextInt(5)));
        }
        boolean pair = field.kind() != SearchField.Kind.ATTRIBUTE;
        if (pair && random.nextInt(4) == 0) {
            return new Condition(
                    field,
                    random.nextBoolean() ? ComparisonOperator.IS_NULL : ComparisonOperator.IS_NOT_NULL,
                    new Operand.None());
        }
        ComparisonOperator[] all = {
            ComparisonOperator.EQ, ComparisonOperator.NE, ComparisonOperator.LIKE, ComparisonOperator.ILIKE
        };
        String text = List.of("x", "X%", "%", "_", "%y", "値", "", "1%").get(random.nextInt(8));
        return new Condition(field, all[random.nextInt(all.length)], new Operand.Text(text));
    }

    /** Two servers on one database, each with its own caches. */
    @Test
    void writesAreVisibleToOtherServers() {
        RunStore here = stores().runs();
        RunStore there = waysToSearch().getLast();
        long experiment = newExperiment();
        String id = newRun(experiment).info().runId();
        for (int i = 0; i < 20; i++) {
            RunStore writer = i % 2 == 0 ? here : there;
            RunStore reader = i % 2 == 0 ? there : here;
            String value = Integer.toString(i);
            switch (i % 4) {
                case 0 -> writer.logBatch(id, List.of(new Metric("m", i, 1, i)), List.of(), List.of());
                case 1 -> writer.logBatch(id, List.of(), List.of(new KeyValue("p" + i, value)), List.of());
                case 2 -> writer.logBatch(id, List.of(), List.of(), List.of(new KeyValue("t", value)));
                default -> writer.deleteTag(id, "t");
            }
            Run written = writer.get(id);
            assertEquals(written, reader.get(id));
            var found = reader.search(new RunStore.Query(
                    List.of(experiment), ViewType.ACTIVE_ONLY, new SearchFilter(List.of()), List.of(), 10, null));
            assertEquals(List.of(written), found.items());
        }
    }

    /** Independent writers in any order: no point is lost, and the latest value is right. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void concurrentOperationsMatchReference(long seed) throws Exception {
        Random random = new Random(seed);
        ReferenceRuns reference = new ReferenceRuns();
        long experiment = newExperiment();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Run run = newRun(experiment);
            ids.add(run.info().runId());
            reference.runs.put(
                    run.info().runId(), new ReferenceRuns.RunState(run.info().runId(), 5, "n"));
        }
        // Only data that does not depend on the order: points, and params and tags with one value each.
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String id = ids.get(random.nextInt(ids.size()));
            List<Metric> metrics = some(
                    random,
                    () -> new Metric(
                            KEYS.get(random.nextInt(KEYS.size())),
                            NUMBERS[random.nextInt(5)],
                            random.nextInt(50),
                            random.nextInt(50)));
            String key = KEYS.get(random.nextInt(KEYS.size()));
            List<KeyValue> pairs = List.of(new KeyValue(key, key + "!"));
            reference.log(id, metrics, pairs, pairs);
            tasks.add(() -> {
                stores().runs().logBatch(id, metrics, pairs, pairs);
                return null;
            });
        }
        Collections.shuffle(tasks, random);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        }
        reference.runs.forEach((id, expected) -> assertMatches(expected, reference, id));
    }

    private static KeyValue pair(Random random) {
        return new KeyValue(KEYS.get(random.nextInt(KEYS.size())), VALUES.get(random.nextInt(VALUES.size())));
    }

    private static <T> List<T> some(Random random, Supplier<T> one) {
        return Stream.generate(one).limit(random.nextInt(4)).toList();
    }

    private static List<KeyValue> distinct(List<KeyValue> pairs) {
        return asMap(pairs).entrySet().stream()
                .map(e -> new KeyValue(e.getKey(), e.getValue()))
                .toList();
    }

    private static List<OrderTerm> distinctFields(List<OrderTerm> terms) {
        Set<SearchField> seen = new HashSet<>();
        return terms.stream().filter(t -> seen.add(t.field())).toList();
    }

    private static Map<String, String> asMap(List<KeyValue> pairs) {
        Map<String, String> map = new TreeMap<>();
        pairs.forEach(p -> map.put(p.key(), p.value()));
        return map;
    }

    private static boolean succeeds(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (KirokuException refused) {
            return false;
        }
    }
}
