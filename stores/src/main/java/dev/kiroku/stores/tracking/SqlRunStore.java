package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.registry.gates.RunFreeze.RunChange;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VersionedCache;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs in SQL. Thread-safe. */
public final class SqlRunStore implements RunStore {
    /** Metrics, params, tags and inputs of cached runs; about 30 MB. */
    private static final int RUN_CACHE_WEIGHT = 100_000;

    private static final int EMPTY_RUN_WEIGHT = 5;
    /** Points of cached histories; about 29 MB. */
    private static final int SERIES_CACHE_POINTS = 1_200_000;

    private final Database database;
    private final TextDictionary keys;
    private final TextDictionary texts;
    private final SearchLimits searchLimits;
    private final LatestMetrics latestMetrics;
    private final RunBatch.Grouping batches;
    private final String upsertTag;
    private final VersionedCache<Long, Run> runCache = new VersionedCache<>(RUN_CACHE_WEIGHT, SqlRunStore::cacheWeight);
    private final VersionedCache<SeriesKey, PrimitiveSeries> seriesCache =
            new VersionedCache<>(SERIES_CACHE_POINTS, points -> 1 + points.size());

    /**
     * Creates the store.
     *
     * @param keys the dictionary of the keys of metrics, params and tags
     * @param texts the dictionary of the values of params and tags
     */
    public SqlRunStore(Database database, TextDictionary keys, TextDictionary texts) {
        this(database, keys, texts, SearchLimits.DEFAULT);
    }

    /** Creates the store with limits other than the default ones, for tests. */
    public SqlRunStore(Database database, TextDictionary keys, TextDictionary texts, SearchLimits searchLimits) {
        this.database = database;
        this.keys = keys;
        this.texts = texts;
        this.searchLimits = searchLimits;
        this.latestMetrics = new LatestMetrics(database.dialect());
        this.batches = new RunBatch.Grouping(new MetricAppender(database.dialect(), latestMetrics));
        this.upsertTag = database.dialect()
                .upsert(
                        "insert into tags (run_key, key_id, experiment_id, value_id) values (?, ?, ?, ?)",
                        "run_key, key_id",
                        "value_id");
    }

    /** Identifies a history in one of its two orders. */
    private record SeriesKey(long runKey, long keyId, boolean byStep) {}

    private static int cacheWeight(Run run) {
        int outputs = run.outputs() == null ? 0 : run.outputs().modelOutputs().size();
        return EMPTY_RUN_WEIGHT
                + run.data().metrics().size()
                + run.data().params().size()
                + run.data().tags().size()
                + run.inputs().datasetInputs().size()
                + run.inputs().modelInputs().size()
                + outputs;
    }

    @Override
    public RunInfo create(NewRun run) {
        return database.write(run.runId(), tx -> {
            var experiment = SqlExperimentStore.requireActive(tx, run.experimentId());
            String artifactUri = ArtifactLocations.append(experiment.artifactLocation(), run.artifactFolder());
            long key = tx.insertReturningKey(
                    Sql.of(
                            """
                            insert into runs (run_id, experiment_id, name, user_id, status, start_time, stage, artifact_uri)
                            values (?, ?, ?, ?, ?, ?, ?, ?)""",
                            run.runId(),
                            run.experimentId(),
                            run.name(),
                            run.userId(),
                            StoredEnums.RUN_STATUS.encode(RunStatus.RUNNING),
                            run.startTime(),
                            StoredEnums.LIFECYCLE_STAGE.encode(LifecycleStage.ACTIVE),
                            artifactUri),
                    "run_key");
            putTags(tx, key, run.experimentId(), run.tags());
            return new RunInfo(
                    run.runId(),
                    Long.toString(run.experimentId()),
                    run.name(),
                    run.userId(),
                    RunStatus.RUNNING,
                    run.startTime(),
                    null,
                    artifactUri,
                    LifecycleStage.ACTIVE.wireName(),
                    run.runId());
        });
    }

    @Override
    public Run get(String runId) {
        RunRow row = database.readAutoCommit(tx -> RunRow.require(tx, runId));
        Run cached = runCache.get(row.key(), row.version());
        return cached != null
                ? withCurrentInfo(row, cached)
                : database.read(tx ->
                        loadDetails(tx, List.of(RunRow.require(tx, runId))).getFirst());
    }

    @Override
    public RunInfo update(String runId, @Nullable RunStatus status, @Nullable Long endTime, @Nullable String name) {
        return database.write(runId, tx -> {
            RunRow run = RunRow.updateActive(
                    tx,
                    runId,
                    Sql.of(
                            ", status = coalesce(?, status), end_time = coalesce(?, end_time), name = coalesce(?, name)",
                            status == null ? null : StoredEnums.RUN_STATUS.encode(status),
                            endTime,
                            name));
            if (run.behind() && status != null && status.isTerminal()) {
                latestMetrics.catchUp(tx, List.of(run.key())); // no more points will follow
            }
            if (name != null) {
                WatchedRuns.requireUnfrozen(tx, run, () -> RunChange.ofTag(NAME_TAG));
                putTags(tx, run.key(), run.experimentId(), List.of(new KeyValue(NAME_TAG, name)));
            }
            return run.info();
        });
    }

    @Override
    public void setLifecycleStage(String runId, LifecycleStage stage, long now) {
        database.run(runId, tx -> {
            Long deletedTime = stage == LifecycleStage.DELETED ? now : null;
            int updated = tx.update(Sql.of(
                    "update runs set stage = ?, deleted_time = ? where run_id = ?",
                    StoredEnums.LIFECYCLE_STAGE.encode(stage),
                    deletedTime,
                    runId));
            if (updated == 0) {
                throw RunRow.runNotFound(runId);
            }
            if (stage == LifecycleStage.DELETED) {
                WatchedRuns.requireUnfrozen(tx, RunRow.require(tx, runId), () -> RunChange.DELETION);
            }
        });
    }

    @Override
    public void logBatch(String runId, List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags) {
        List<KeyValue> paramsAndTags =
                Stream.concat(params.stream(), tags.stream()).toList();
        List<Metric> modelMetrics =
                metrics.stream().filter(m -> m.modelId() != null).toList();
        database.run(runId, batches, (tx, batch) -> {
            RunRow run = batch.requireLocked(tx, runId);
            WatchedRuns.requireUnfrozen(tx, run, () -> change(metrics, params, tags));
            DictionaryIds ids = internAll(tx, metrics.stream().map(Metric::key).toList(), paramsAndTags);
            addParams(tx, run, params, ids);
            if (!metrics.isEmpty()) {
                batch.addPoints(tx, run, toPoints(metrics, ids));
            }
            SqlLoggedModelStore.addMetrics(tx, runId, modelMetrics);
            putTags(tx, run.key(), run.experimentId(), tags, ids);
            for (KeyValue tag : tags) {
                if (tag.key().equals(NAME_TAG) && !tag.value().isEmpty()) {
                    tx.update(Sql.of("update runs set name = ? where run_key = ?", tag.value(), run.key()));
                }
            }
        });
    }

    private static RunChange change(List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags) {
        return new RunChange(
                metrics.stream().map(Metric::key).collect(Collectors.toSet()), keysOf(params), keysOf(tags), false);
    }

    private static Set<String> keysOf(List<KeyValue> pairs) {
        return pairs.stream().map(KeyValue::key).collect(Collectors.toSet());
    }

    /** The ids of keys and texts. */
    private record DictionaryIds(Map<String, Long> keys, Map<String, Long> texts) {
        long ofKey(String key) {
            return Objects.requireNonNull(keys.get(key));
        }

        long ofText(String text) {
            return Objects.requireNonNull(texts.get(text));
        }
    }

    /** Returns the ids of all keys and values of a call: one round trip to each dictionary, not one for each text. */
    private DictionaryIds internAll(Transaction tx, Collection<String> metricKeys, List<KeyValue> pairs)
            throws SQLException {
        List<String> allKeys = Stream.concat(metricKeys.stream(), pairs.stream().map(KeyValue::key))
                .toList();
        return new DictionaryIds(
                keys.intern(tx, allKeys),
                texts.intern(tx, pairs.stream().map(KeyValue::value).toList()));
    }

    private static void addParams(Transaction tx, RunRow run, List<KeyValue> params, DictionaryIds ids)
            throws SQLException {
        if (params.isEmpty()) {
            return;
        }
        Map<Long, Long> present = new HashMap<>();
        tx.queryEach(
                Sql.of("select key_id, value_id from params where run_key = ? and key_id in ", run.key())
                        .addIn(params.stream()
                                .map(param -> ids.ofKey(param.key()))
                                .toList()),
                row -> present.put(row.getLong("key_id"), row.getLong("value_id")));
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (KeyValue param : params) {
            long keyId = ids.ofKey(param.key());
            long valueId = ids.ofText(param.value());
            Long presentId = present.get(keyId);
            if (presentId == null) {
                rows.add(new Object[] {run.key(), keyId, run.experimentId(), valueId});
            } else if (presentId != valueId) {
                String presentValue = tx.queryFirst(
                                Sql.of("select value from texts where id = ?", presentId),
                                row -> row.getString("value"))
                        .orElseThrow();
                throw invalid(
                        "Changing param values is not allowed. Param with key='%s' was already logged with value='%s' for run ID='%s'. Attempted"
                                + " logging new value '%s'.",
                        param.key(), presentValue, run.info().runId(), param.value());
            }
        }
        tx.batch("insert into params (run_key, key_id, experiment_id, value_id) values (?, ?, ?, ?)", rows);
    }

    private static List<MetricPoint> toPoints(List<Metric> metrics, DictionaryIds ids) {
        return metrics.stream()
                .map(m -> MetricPoint.of(ids.ofKey(m.key()), m.value(), m.timestamp(), m.step()))
                .toList();
    }

    private void putTags(Transaction tx, long runKey, long experimentId, List<KeyValue> tags) throws SQLException {
        putTags(tx, runKey, experimentId, tags, internAll(tx, List.of(), tags));
    }

    private void putTags(Transaction tx, long runKey, long experimentId, List<KeyValue> tags, DictionaryIds ids)
            throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (KeyValue tag : tags) {
            rows.add(new Object[] {runKey, ids.ofKey(tag.key()), experimentId, ids.ofText(tag.value())});
        }
        tx.batch(upsertTag, rows);
    }

    @Override
    public void updateTag(String runId, String key, UnaryOperator<@Nullable String> change) {
        database.run(runId, batches, (tx, batch) -> {
            RunRow run = batch.requireLocked(tx, runId);
            WatchedRuns.requireUnfrozen(tx, run, () -> RunChange.ofTag(key));
            String before = tx.queryFirst(Sql.of("""
                                    select v.value from tags t join texts v on v.id = t.value_id
                                    where t.run_key = ? and t.key_id = ?""", run.key(), keys.intern(tx, key)), row -> row.getString("value"))
                    .orElse(null);
            String after = Objects.requireNonNull(change.apply(before));
            putTags(tx, run.key(), run.experimentId(), List.of(new KeyValue(key, after)));
        });
    }

    @Override
    public void deleteTag(String runId, String key) {
        database.run(runId, batches, (tx, batch) -> {
            RunRow run = batch.requireLocked(tx, runId);
            WatchedRuns.requireUnfrozen(tx, run, () -> RunChange.ofTag(key));
            Long keyId = keys.find(tx, key).orElse(null);
            if (keyId == null
                    || tx.update(Sql.of("delete from tags where run_key = ? and key_id = ?", run.key(), keyId)) == 0) {
                throw notFound("No tag with name: %s in run with id %s", key, runId);
            }
        });
    }

    @Override
    public void logInputs(String runId, List<DatasetInput> datasets, List<ModelInput> models) {
        database.run(runId, batches, (tx, batch) -> {
            RunRow run = batch.requireLocked(tx, runId);
            for (DatasetInput input : datasets) {
                addDataset(tx, run, input);
            }
            List<@Nullable Object[]> rows = models.stream()
                    .map(m -> new @Nullable Object[] {run.key(), m.modelId()})
                    .toList();
            String insert = "insert into run_model_inputs (run_key, model_id) values (?, ?)";
            tx.batch(tx.dialect().insertIfAbsent(insert), rows);
        });
    }

    private static void addDataset(Transaction tx, RunRow run, DatasetInput input) throws SQLException {
        Dataset d = input.dataset();
        String insert = tx.dialect().insertIfAbsent("""
                        insert into datasets (experiment_id, name, digest, source_type, source, schema, profile)
                        values (?, ?, ?, ?, ?, ?, ?)""");
        tx.update(Sql.of(
                insert, run.experimentId(), d.name(), d.digest(), d.sourceType(), d.source(), d.schema(), d.profile()));
        long id = tx.queryLong(Sql.of(
                        "select id from datasets where experiment_id = ? and name = ? and digest = ?",
                        run.experimentId(),
                        d.name(),
                        d.digest()))
                .orElseThrow();
        String insertInput = "insert into run_datasets (run_key, dataset_id) values (?, ?)";
        int added = tx.update(Sql.of(tx.dialect().insertIfAbsent(insertInput), run.key(), id));
        if (added > 0) {
            List<@Nullable Object[]> rows = input.tags().stream()
                    .map(t -> new @Nullable Object[] {run.key(), id, t.key(), t.value()})
                    .toList();
            tx.batch("insert into run_dataset_tags (run_key, dataset_id, key, value) values (?, ?, ?, ?)", rows);
        }
    }

    @Override
    public void logOutputs(String runId, List<ModelOutput> models) {
        database.run(runId, batches, (tx, batch) -> {
            RunRow run = batch.requireLocked(tx, runId);
            List<@Nullable Object[]> rows = models.stream()
                    .map(m -> new @Nullable Object[] {run.key(), m.modelId(), m.step()})
                    .toList();
            String insert = "insert into run_model_outputs (run_key, model_id, step) values (?, ?, ?)";
            tx.batch(tx.dialect().insertIfAbsent(insert), rows);
        });
    }

    @Override
    public Page<Run> search(Query query) {
        List<Long> toCatchUp = LatestMetrics.experimentsToCatchUp(query);
        return latestMetrics.readUpToDate(database, toCatchUp, (tx, toCheck) -> {
            RunSearch search = new RunSearch(tx, keys, texts, searchLimits, query);
            if (!search.prepareForPage(toCheck)) {
                return Optional.empty();
            }
            Page<RunRow> page = search.page("select " + RunRow.COLUMNS, RunRow::of);
            return Optional.of(new Page<>(loadDetails(tx, page.items()), page.nextPageToken()));
        });
    }

    @Override
    public Page<Metric> getMetricHistory(String runId, String key, int maxResults, @Nullable String pageToken) {
        return database.read(tx -> {
            List<MetricPoint> points = readSeries(tx, runId, key, false);
            int from = pageToken == null || pageToken.isEmpty()
                    ? 0
                    : HistoryToken.findOffset(tx.pageTokens(), runId, key, pageToken, points);
            int to = maxResults == 0 ? points.size() : (int) Math.min(points.size(), (long) from + maxResults);
            String next =
                    to < points.size() ? HistoryToken.encode(tx.pageTokens(), runId, key, points.get(to - 1)) : null;
            return new Page<>(
                    points.subList(from, to).stream()
                            .map(p -> toMetric(key, p, null))
                            .toList(),
                    next);
        });
    }

    @Override
    public List<Metric> getMetricHistories(List<String> runIds, String key, int maxResults) {
        return database.read(tx -> {
            List<Metric> all = new ArrayList<>();
            for (String runId : new TreeSet<>(runIds)) {
                for (MetricPoint point : readSeries(tx, runId, key, false)) {
                    if (all.size() == maxResults) {
                        return all;
                    }
                    all.add(toMetric(key, point, runId));
                }
            }
            return all;
        });
    }

    @Override
    public List<Metric> sampleMetricHistories(List<String> runIds, String key, long fromStep, long toStep, int perRun) {
        return database.read(tx -> {
            List<Metric> all = new ArrayList<>();
            for (String runId : runIds) {
                List<MetricPoint> points = readSeries(tx, runId, key, true);
                int from = indexOfStep(points, fromStep);
                int to = toStep == Long.MAX_VALUE ? points.size() : indexOfStep(points, toStep + 1);
                List<MetricPoint> inRange = points.subList(from, Math.max(from, to));
                MetricHistory.sample(inRange, perRun).forEach(p -> all.add(toMetric(key, p, runId)));
            }
            return all;
        });
    }

    /** Returns the index of the first point of this step or a later one, in points sorted by step. */
    private static int indexOfStep(List<MetricPoint> points, long step) {
        int from = 0;
        int to = points.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (points.get(middle).step() < step) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private List<MetricPoint> readSeries(Transaction tx, String runId, String key, boolean byStep) throws SQLException {
        Long keyId = keys.find(tx, key).orElse(null);
        RunVersion run = tx.queryFirst(
                        Sql.of("select run_key, version from runs where run_id = ?", runId),
                        row -> new RunVersion(row.getLong("run_key"), row.getLong("version")))
                .orElse(null);
        if (keyId == null || run == null) {
            return List.of();
        }
        SeriesKey seriesKey = new SeriesKey(run.runKey, keyId, byStep);
        PrimitiveSeries cached = seriesCache.get(seriesKey, run.version);
        if (cached != null) {
            return cached;
        }
        PrimitiveSeries points = new PrimitiveSeries(
                keyId, MetricHistory.read(tx, run.runKey, keyId, byStep ? MetricPoint.BY_STEP : MetricPoint.BY_TIME));
        tx.afterCommit(() -> seriesCache.put(seriesKey, run.version, points));
        return points;
    }

    private record RunVersion(long runKey, long version) {}

    private static Metric toMetric(String key, MetricPoint point, @Nullable String runId) {
        return new Metric(key, point.value(), point.timestamp(), point.step(), null, null, null, runId);
    }

    /** Returns the runs with the rows of other tables, which are read table by table for all runs that are not cached. */
    private List<Run> loadDetails(Transaction tx, List<RunRow> rows) throws SQLException {
        Map<Long, Run> cached = new HashMap<>();
        Map<Long, RunDetails> missing = new HashMap<>();
        Set<Long> behind = new HashSet<>();
        for (RunRow row : rows) {
            Run run = runCache.get(row.key(), row.version());
            if (run != null) {
                cached.put(row.key(), run);
                continue;
            }
            missing.put(row.key(), new RunDetails());
            if (row.behind()) {
                behind.add(row.key());
            }
        }
        for (List<Long> chunk : PageQuery.chunks(List.copyOf(missing.keySet()))) {
            RunDetails.read(tx, chunk, chunk.stream().filter(behind::contains).toList(), missing);
        }
        List<Run> runs = new ArrayList<>(rows.size());
        for (RunRow row : rows) {
            Run run = cached.get(row.key());
            if (run == null) {
                Run read = Objects.requireNonNull(missing.get(row.key())).toRun(row.info());
                tx.afterCommit(() -> runCache.put(row.key(), row.version(), read));
                run = read;
            }
            runs.add(withCurrentInfo(row, run));
        }
        return runs;
    }

    /** Returns a cached run with the columns of its own row, which may change without a new version. */
    private static Run withCurrentInfo(RunRow row, Run cached) {
        return new Run(row.info(), cached.data(), cached.inputs(), cached.outputs());
    }
}
