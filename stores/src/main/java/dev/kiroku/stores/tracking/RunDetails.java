package dev.kiroku.stores.tracking;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunData;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.model.tracking.RunInputs;
import dev.kiroku.model.tracking.RunOutputs;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What of a run is kept in tables other than its own, gathered. */
final class RunDetails {
    private final List<Metric> metrics = new ArrayList<>();
    private final List<KeyValue> params = new ArrayList<>();
    private final List<KeyValue> tags = new ArrayList<>();
    private final Map<Long, DatasetInput> datasets = new LinkedHashMap<>();
    private final List<ModelInput> modelInputs = new ArrayList<>();
    private final List<ModelOutput> modelOutputs = new ArrayList<>();

    /**
     * @param behind those of the runs whose latest metrics are
     * @param into has a place for each of the runs
     */
    static void read(Transaction tx, List<Long> runKeys, List<Long> behind, Map<Long, RunDetails> into)
            throws SQLException {
        LatestMetrics.read(
                tx,
                runKeys,
                behind,
                (runKey, key, latest) -> into.get(runKey)
                        .metrics
                        .add(new Metric(key, latest.value(), latest.timestamp(), latest.step())));
        tx.queryEach(
                pairs("params", runKeys),
                row -> into.get(row.getLong(1)).params.add(new KeyValue(row.getString(2), row.getString(3))));
        tx.queryEach(
                pairs("tags", runKeys),
                row -> into.get(row.getLong(1)).tags.add(new KeyValue(row.getString(2), row.getString(3))));
        tx.queryEach(
                toRun(
                        "select i.run_key, i.dataset_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile"
                                + " from run_datasets i join datasets d on d.id = i.dataset_id",
                        "i",
                        runKeys),
                row -> into.get(row.getLong(1))
                        .datasets
                        .put(
                                row.getLong(2),
                                new DatasetInput(
                                        new ArrayList<>(),
                                        new Dataset(
                                                row.getString(3),
                                                row.getString(4),
                                                row.getString(5),
                                                row.getString(6),
                                                row.getString(7),
                                                row.getString(8)))));
        tx.queryEach(
                toRun("select i.run_key, i.dataset_id, i.key, i.value from run_dataset_tags i", "i", runKeys),
                row -> into.get(row.getLong(1))
                        .datasets
                        .get(row.getLong(2))
                        .tags()
                        .add(new KeyValue(row.getString(3), row.getString(4))));
        tx.queryEach(
                toRun("select i.run_key, i.model_id from run_model_inputs i", "i", runKeys),
                row -> into.get(row.getLong(1)).modelInputs.add(new ModelInput(row.getString(2))));
        tx.queryEach(
                toRun("select i.run_key, i.model_id, i.step from run_model_outputs i", "i", runKeys),
                row -> into.get(row.getLong(1)).modelOutputs.add(new ModelOutput(row.getString(2), row.getLong(3))));
    }

    Run toRun(RunInfo info) {
        return new Run(
                info,
                new RunData(metrics, params, tags),
                new RunInputs(List.copyOf(datasets.values()), modelInputs),
                new RunOutputs(modelOutputs));
    }

    private static Sql pairs(String table, List<Long> runKeys) {
        return toRun(
                "select p.run_key, k.value, v.value from " + table
                        + " p join keys k on k.id = p.key_id join texts v on v.id = p.value_id",
                "p",
                runKeys);
    }

    private static Sql toRun(String select, String table, List<Long> runKeys) {
        return Sql.of(select + " where " + table + ".run_key in ").addIn(runKeys);
    }
}
