package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.tracking.CompactedMetrics;
import dev.kiroku.stores.tracking.CompactedMetrics.EncodedMetrics;
import dev.kiroku.stores.tracking.MetricPoint;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Imports in SQL. Metric points become compacted blocks, which are encoded before the transaction begins. Thread-safe. */
public final class SqlTransferStore implements TransferStore {
    static final String WRITE_ORDER_KEY = "import";

    private final Database database;
    private final TextDictionary keys;
    private final TextDictionary texts;
    private final CompactedMetrics metrics;

    /**
     * Creates the store.
     *
     * @param keys the dictionary of the keys of metrics, params and tags
     * @param texts the dictionary of the values of params and tags
     */
    public SqlTransferStore(Database database, TextDictionary keys, TextDictionary texts) {
        this.database = database;
        this.keys = keys;
        this.texts = texts;
        this.metrics = new CompactedMetrics(database.dialect());
    }

    /** The ids of the texts of a batch. */
    private record DictionaryIds(Map<String, Long> keys, Map<String, Long> texts) {
        static final DictionaryIds NONE = new DictionaryIds(Map.of(), Map.of());
    }

    @Override
    public TransferResult apply(TransferBatch batch) {
        // Texts that no record refers to after a crash do no harm.
        DictionaryIds ids = batch.runs().isEmpty() && batch.metrics().isEmpty()
                ? DictionaryIds.NONE
                : database.write(WRITE_ORDER_KEY, tx -> intern(tx, batch));
        List<EncodedMetrics> encoded = encode(batch.metrics(), ids);
        return database.write(WRITE_ORDER_KEY, tx -> apply(tx, false, batch, ids, encoded));
    }

    @Override
    public TransferResult check(TransferBatch batch) {
        return database.read(tx -> apply(tx, true, batch, DictionaryIds.NONE, List.of()));
    }

    private TransferResult apply(
            Transaction tx, boolean checkOnly, TransferBatch batch, DictionaryIds ids, List<EncodedMetrics> encoded)
            throws SQLException {
        ImportTransaction in = new ImportTransaction(tx, checkOnly, new TransferResult.Builder());
        ExperimentImport.apply(in, batch.experiments());
        if (!batch.runs().isEmpty() || !batch.metrics().isEmpty()) {
            new RunImport(in, ids.keys, ids.texts, metrics).apply(batch.runs(), batch.metrics(), encoded);
        }
        LoggedModelImport.apply(in, batch.loggedModels());
        RegistryImport.apply(in, batch.registeredModels());
        RegistryImport.applyWebhooks(in, batch.webhooks());
        return in.result().build();
    }

    private DictionaryIds intern(Transaction tx, TransferBatch batch) throws SQLException {
        Set<String> allKeys = new LinkedHashSet<>();
        Set<String> allTexts = new LinkedHashSet<>();
        for (RunRecord run : batch.runs()) {
            for (KeyValue pair :
                    (Iterable<KeyValue>) Stream.concat(run.params().stream(), run.tags().stream())::iterator) {
                allKeys.add(pair.key());
                allTexts.add(pair.value());
            }
        }
        for (RunMetrics run : batch.metrics()) {
            run.series().forEach(series -> allKeys.add(series.key()));
        }
        return new DictionaryIds(keys.intern(tx, allKeys), texts.intern(tx, allTexts));
    }

    private List<EncodedMetrics> encode(List<RunMetrics> all, DictionaryIds ids) {
        List<EncodedMetrics> encoded = new ArrayList<>(all.size());
        for (RunMetrics run : all) {
            Map<Long, List<MetricPoint>> stored = run.compare() ? database.read(tx -> read(tx, run, ids)) : Map.of();
            EncodedMetrics points = CompactedMetrics.encode(run, ids.keys, stored);
            if (points.size() > 0) {
                encoded.add(points);
            }
        }
        return encoded;
    }

    private static Map<Long, List<MetricPoint>> read(Transaction tx, RunMetrics run, DictionaryIds ids)
            throws SQLException {
        List<Long> keyIds = run.series().stream()
                .map(MetricPoints::key)
                .map(key -> Objects.requireNonNull(ids.keys.get(key)))
                .toList();
        var runKey = tx.queryLong(Sql.of("select run_key from runs where run_id = ?", run.runId()));
        return runKey.isEmpty() ? Map.of() : CompactedMetrics.read(tx, runKey.get(), keyIds);
    }

    @Override
    public Map<Long, String> findExperiments() {
        return database.read(tx -> {
            Map<Long, String> names = new HashMap<>();
            tx.queryEach(
                    Sql.of("select id, name from experiments"),
                    row -> names.put(row.getLong("id"), row.getString("name")));
            return names;
        });
    }

    @Override
    public Map<String, StoredRun> findRuns(List<RunRecord> runs) {
        return database.read(tx -> {
            Map<String, StoredRun> found = new HashMap<>();
            for (List<String> chunk :
                    PageQuery.chunks(runs.stream().map(RunRecord::id).toList())) {
                tx.queryEach(
                        Sql.of("""
                                        select r.run_id, r.experiment_id, r.stage, coalesce((select sum(b.points) from metric_blocks b
                                          where b.run_key = r.run_key), 0) as points
                                        from runs r where r.run_id in\s""").addIn(chunk),
                        row -> found.put(
                                row.getString("run_id"),
                                new StoredRun(
                                        row.getLong("experiment_id"),
                                        row.getLong("points"),
                                        row.get("stage", StoredEnums.LIFECYCLE_STAGE) == LifecycleStage.DELETED)));
            }
            return found;
        });
    }
}
