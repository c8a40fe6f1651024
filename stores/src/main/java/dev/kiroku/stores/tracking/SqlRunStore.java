package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.tracking.Locations;
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
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Runs in SQL. */
public final class SqlRunStore implements RunStore {
    private static final String UPSERT_TAG =
            "insert into tags (run_key, key_id, experiment_id, value_id) values (?, ?, ?, ?)"
                    + " on conflict (run_key, key_id) do update set value_id = excluded.value_id";
    /** Metrics, params, tags and so on of runs in memory; some 30 MB. */
    private static final int RUN_CACHE_WEIGHT = 100_000;

    private static final int EMPTY_RUN_WEIGHT = 5;
    /** Points of histories in memory; 29 MB. */
    private static final int SERIES_CACHE_POINTS = 1_200_000;

    private final Database database;
    private final TextDictionary keys;
    private final TextDictionary texts;
    private final SearchLimits searchLimits;
    private final MetricAppender metricAppender = new MetricAppender();
    private final VersionedCache<Long, Run> runCache = new VersionedCache<>(RUN_CACHE_WEIGHT, SqlRunStore::cacheWeight);
    private final VersionedCache<SeriesKey, PrimitiveSeries> seriesCache =
            new VersionedCache<>(SERIES_CACHE_POINTS, points -> 1 + points.size());

    public SqlRunStore(Database database, TextDictionary keys, TextDictionary texts) {
        this(database, keys, texts, SearchLimits.DEFAULT);
    }

    public SqlRunStore(Database database, TextDictionary keys, TextDictionary texts, SearchLimits bounds) {
        this.database = database;
        this.keys = keys;
        this.texts = texts;
        this.searchLimits = bounds;
    }

    /** A history in one of its two orders. */
    private record SeriesKey(long runKey, long keyId, boolean byStep) {}

    private static int cacheWeight(Run run) {
        return EMPTY_RUN_WEIGHT
                + run.data().metrics().size()
                + run.data().params().size()
                + run.data().tags().size()
                + run.inputs().datasetInputs().size()
                + run.inputs().modelInputs().size()
                + run.outputs().modelOutputs().size();
    }

    @Override
    public RunInfo create(NewRun run) {
        return database.write(run.runId(), tx -> {
            var experiment = SqlExperimentStore.requireActive(tx, run.experimentId());
            RunRow made = tx.queryFirst(
                            Sql.of(
                                    "insert into runs (run_id, experiment_id, name, user_id, status, start_time, stage, artifact_uri)"
                                            + " values (?, ?, ?, ?, ?, ?, 0, ?)" + RunRow.RETURNING,
                                    run.runId(),
                                    run.experimentId(),
                                    run.name(),
                                    run.userId(),
                                    RunStatus.RUNNING.ordinal(),
                                    run.startTime(),
                                    Locations.append(experiment.artifactLocation(), run.artifactFolder())),
                            RunRow::of)
                    .orElseThrow();
            putTags(tx, made.key(), run.experimentId(), run.tags());
            return made.info();
        });
    }

    @Override
    public Run get(String runId) {
        RunRow row = database.readAutoCommit(tx -> RunRow.require(tx, runId));
        Run copy = runCache.get(row.key(), row.version());
        return copy != null
                ? withCurrentInfo(row, copy)
                : database.read(tx ->
                        loadDetails(tx, List.of(RunRow.require(tx, runId))).getFirst());
    }

    @Override
    public RunInfo update(String runId, RunStatus status, Long endTime, String name) {
        return database.write(runId, tx -> {
            RunRow run = RunRow.updateActive(
                    tx,
                    runId,
                    Sql.of(
                            ", status = coalesce(?, status), end_time = coalesce(?, end_time), name = coalesce(?, name)",
                            status == null ? null : status.ordinal(),
                            endTime,
                            name));
            if (run.behind() && status != null && status.isTerminal()) {
                LatestMetrics.catchUp(tx, List.of(run.key())); // nothing more will come
            }
            if (name != null) {
                putTags(tx, run.key(), run.experimentId(), List.of(new KeyValue(NAME_TAG, name)));
            }
            return run.info();
        });
    }

    @Override
    public void setLifecycleStage(String runId, LifecycleStage stage, long now) {
        database.write(runId, tx -> {
            Object deleted = stage == LifecycleStage.DELETED ? (Object) now : null;
            if (tx.update(Sql.of(
                            "update runs set stage = ?, deleted_time = ? where run_id = ?",
                            stage.ordinal(),
                            deleted,
                            runId))
                    == 0) {
                throw RunRow.runNotFound(runId);
            }
            return null;
        });
    }

    @Override
    public void logBatch(String runId, List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags) {
        List<KeyValue> texts = Stream.concat(params.stream(), tags.stream()).toList();
        database.write(runId, RunRow.LOCK_ACTIVE, tx -> {
            RunRow run = RunRow.requireLocked(tx, runId);
            DictionaryIds numbers =
                    internAll(tx, metrics.stream().map(Metric::key).toList(), texts);
            addParams(tx, run, params, numbers);
            addMetrics(tx, run, metrics, numbers);
            SqlLoggedModelStore.addMetrics(
                    tx, runId, metrics.stream().filter(m -> m.modelId() != null).toList());
            putTags(tx, run.key(), run.experimentId(), tags, numbers);
            for (KeyValue tag : tags) {
                if (tag.key().equals(NAME_TAG) && !tag.value().isEmpty()) {
                    tx.update(Sql.of("update runs set name = ? where run_key = ?", tag.value(), run.key()));
                }
            }
            return null;
        });
    }

    /** What a call's keys and texts are known by. */
    private record DictionaryIds(Map<String, Long> keys, Map<String, Long> texts) {}

    /** All at once: each look into the database is a way there and back. */
    private DictionaryIds internAll(Transaction tx, Collection<String> metricKeys, List<KeyValue> pairs)
            throws SQLException {
        List<String> allKeys = Stream.concat(metricKeys.stream(), pairs.stream().map(KeyValue::key))
                .toList();
        return new DictionaryIds(
                keys.intern(tx, allKeys),
                texts.intern(tx, pairs.stream().map(KeyValue::value).toList()));
    }

    private static void addParams(Transaction tx, RunRow run, List<KeyValue> params, DictionaryIds numbers)
            throws SQLException {
        if (params.isEmpty()) {
            return;
        }
        Map<Long, Long> present = new HashMap<>();
        tx.queryEach(
                Sql.of("select key_id, value_id from params where run_key = ? and key_id in ", run.key())
                        .addIn(params.stream()
                                .map(param -> numbers.keys.get(param.key()))
                                .toList()),
                row -> present.put(row.getLong(1), row.getLong(2)));
        List<Object[]> rows = new ArrayList<>();
        for (KeyValue param : params) {
            Long keyId = numbers.keys.get(param.key());
            Long valueId = numbers.texts.get(param.value());
            Long before = present.get(keyId);
            if (before == null) {
                rows.add(new Object[] {run.key(), keyId, run.experimentId(), valueId});
            } else if (!before.equals(valueId)) {
                String old = tx.queryFirst(
                                Sql.of("select value from texts where id = ?", before), row -> row.getString(1))
                        .orElseThrow();
                throw invalid(
                        "Changing param values is not allowed. Param with key='%s' was already logged with value='%s' for run ID='%s'. Attempted"
                                + " logging new value '%s'.",
                        param.key(), old, run.info().runId(), param.value());
            }
        }
        tx.batch("insert into params (run_key, key_id, experiment_id, value_id) values (?, ?, ?, ?)", rows);
    }

    private void addMetrics(Transaction tx, RunRow run, List<Metric> metrics, DictionaryIds numbers) {
        if (!metrics.isEmpty()) {
            List<MetricPoint> points = metrics.stream()
                    .map(m -> MetricPoint.of(numbers.keys.get(m.key()), m.value(), m.timestamp(), m.step()))
                    .toList();
            tx.defer(metricAppender, new MetricAppender.LoggedPoints(run.key(), run.experimentId(), points));
        }
    }

    private void putTags(Transaction tx, long runKey, long experimentId, List<KeyValue> tags) throws SQLException {
        putTags(tx, runKey, experimentId, tags, internAll(tx, List.of(), tags));
    }

    private static void putTags(
            Transaction tx, long runKey, long experimentId, List<KeyValue> tags, DictionaryIds numbers)
            throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (KeyValue tag : tags) {
            rows.add(new Object[] {runKey, numbers.keys.get(tag.key()), experimentId, numbers.texts.get(tag.value())});
        }
        tx.batch(UPSERT_TAG, rows);
    }

    @Override
    public void updateTag(String runId, String key, UnaryOperator<String> change) {
        database.write(runId, RunRow.LOCK_ACTIVE, tx -> {
            RunRow run = RunRow.requireLocked(tx, runId);
            String before = tx.queryFirst(
                            Sql.of(
                                    "select v.value from tags t join texts v on v.id = t.value_id where t.run_key = ? and t.key_id = ?",
                                    run.key(),
                                    keys.intern(tx, key)),
                            row -> row.getString(1))
                    .orElse(null);
            putTags(tx, run.key(), run.experimentId(), List.of(new KeyValue(key, change.apply(before))));
            return null;
        });
    }

    @Override
    public void deleteTag(String runId, String key) {
        database.write(runId, RunRow.LOCK_ACTIVE, tx -> {
            RunRow run = RunRow.requireLocked(tx, runId);
            Long keyId = keys.find(tx, key).orElse(null);
            if (keyId == null
                    || tx.update(Sql.of("delete from tags where run_key = ? and key_id = ?", run.key(), keyId)) == 0) {
                throw notFound("No tag with name: %s in run with id %s", key, runId);
            }
            return null;
        });
    }

    @Override
    public void logInputs(String runId, List<DatasetInput> datasets, List<ModelInput> models) {
        database.write(runId, RunRow.LOCK_ACTIVE, tx -> {
            RunRow run = RunRow.requireLocked(tx, runId);
            for (DatasetInput input : datasets) {
                addDataset(tx, run, input);
            }
            List<Object[]> rows = models.stream()
                    .map(m -> new Object[] {run.key(), m.modelId()})
                    .toList();
            tx.batch("insert into run_model_inputs (run_key, model_id) values (?, ?) on conflict do nothing", rows);
            return null;
        });
    }

    private static void addDataset(Transaction tx, RunRow run, DatasetInput input) throws SQLException {
        Dataset d = input.dataset();
        tx.update(Sql.of(
                "insert into datasets (experiment_id, name, digest, source_type, source, schema, profile) values (?, ?, ?, ?, ?, ?, ?)"
                        + " on conflict (experiment_id, name, digest) do nothing",
                run.experimentId(),
                d.name(),
                d.digest(),
                d.sourceType(),
                d.source(),
                d.schema(),
                d.profile()));
        long id = tx.queryFirst(
                        Sql.of(
                                "select id from datasets where experiment_id = ? and name = ? and digest = ?",
                                run.experimentId(),
                                d.name(),
                                d.digest()),
                        row -> row.getLong(1))
                .orElseThrow();
        int added = tx.update(Sql.of(
                "insert into run_datasets (run_key, dataset_id) values (?, ?) on conflict do nothing", run.key(), id));
        if (added > 0) {
            List<Object[]> rows = input.tags().stream()
                    .map(t -> new Object[] {run.key(), id, t.key(), t.value()})
                    .toList();
            tx.batch("insert into run_dataset_tags (run_key, dataset_id, key, value) values (?, ?, ?, ?)", rows);
        }
    }

    @Override
    public void logOutputs(String runId, List<ModelOutput> models) {
        database.write(runId, RunRow.LOCK_ACTIVE, tx -> {
            RunRow run = RunRow.requireLocked(tx, runId);
            List<Object[]> rows = models.stream()
                    .map(m -> new Object[] {run.key(), m.modelId(), m.step()})
                    .toList();
            tx.batch(
                    "insert into run_model_outputs (run_key, model_id, step) values (?, ?, ?) on conflict do nothing",
                    rows);
            return null;
        });
    }

    @Override
    public Page<Run> search(Query query) {
        return LatestMetrics.readUpToDate(database, LatestMetrics.experimentsToCatchUp(query), (tx, unsettled) -> {
            Page<RunRow> page = new RunSearch(tx, keys, texts, searchLimits, query, unsettled)
                    .page("select " + RunRow.COLUMNS, RunRow::of);
            return new Page<>(loadDetails(tx, page.items()), page.nextPageToken());
        });
    }

    @Override
    public Page<Metric> getMetricHistory(String runId, String key, int maxResults, String pageToken) {
        return database.read(tx -> {
            List<MetricPoint> points = readSeries(tx, runId, key, false);
            int from = pageToken == null || pageToken.isEmpty() ? 0 : HistoryToken.findOffset(pageToken, points);
            int to = maxResults == 0 ? points.size() : (int) Math.min(points.size(), (long) from + maxResults);
            String next = to < points.size() ? HistoryToken.encode(points.get(to - 1)) : null;
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

    /** @return the index of the first point of this step or a later one, in points sorted by step */
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
        long[] run = tx.queryFirst(Sql.of("select run_key, version from runs where run_id = ?", runId), row ->
                        new long[] {row.getLong(1), row.getLong(2)})
                .orElse(null);
        if (keyId == null || run == null) {
            return List.of();
        }
        SeriesKey wanted = new SeriesKey(run[0], keyId, byStep);
        PrimitiveSeries copy = seriesCache.get(wanted, run[1]);
        if (copy != null) {
            return copy;
        }
        PrimitiveSeries points = new PrimitiveSeries(
                keyId, MetricHistory.read(tx, run[0], keyId, byStep ? MetricPoint.BY_STEP : MetricPoint.BY_TIME));
        tx.afterCommit(() -> seriesCache.put(wanted, run[1], points));
        return points;
    }

    private static Metric toMetric(String key, MetricPoint point, String runId) {
        return new Metric(key, point.value(), point.timestamp(), point.step(), null, null, null, runId);
    }

    /** Adds to runs what other tables know of them, table by table for all that are not at hand at once. */
    private List<Run> loadDetails(Transaction tx, List<RunRow> rows) throws SQLException {
        Map<Long, RunDetails> missing = new HashMap<>();
        Set<Long> behind = new HashSet<>();
        Map<Long, Run> found = new HashMap<>();
        for (RunRow row : rows) {
            Run copy = runCache.get(row.key(), row.version());
            if (copy == null) {
                missing.put(row.key(), new RunDetails());
                if (row.behind()) {
                    behind.add(row.key());
                }
            } else {
                found.put(row.key(), copy);
            }
        }
        for (List<Long> chunk : PageQuery.chunks(List.copyOf(missing.keySet()))) {
            RunDetails.read(tx, chunk, chunk.stream().filter(behind::contains).toList(), missing);
        }
        List<Run> all = new ArrayList<>(rows.size());
        for (RunRow row : rows) {
            Run copy = found.get(row.key());
            if (copy == null) {
                copy = missing.get(row.key()).toRun(row.info());
                Run read = copy;
                tx.afterCommit(() -> runCache.put(row.key(), row.version(), read));
            }
            all.add(withCurrentInfo(row, copy));
        }
        return all;
    }

    /** What a run's own row says may have changed without a new version. */
    private static Run withCurrentInfo(RunRow row, Run copy) {
        return new Run(row.info(), copy.data(), copy.inputs(), copy.outputs());
    }
}
