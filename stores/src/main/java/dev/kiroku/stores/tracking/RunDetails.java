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
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rows of a run in tables other than {@code runs}. */
final class RunDetails {
    private final List<Metric> metrics = new ArrayList<>();
    private final List<KeyValue> params = new ArrayList<>();
    private final List<KeyValue> tags = new ArrayList<>();
    private final Map<Long, DatasetInput> datasets = new LinkedHashMap<>();
    private final List<ModelInput> modelInputs = new ArrayList<>();
    private final List<ModelOutput> modelOutputs = new ArrayList<>();

    /**
     * Reads the details of runs, table by table.
     *
     * @param behind those of the runs that {@code latest_metrics} lacks points of
     * @param details of each run by its key; they are filled
     */
    static void read(Transaction tx, List<Long> runKeys, List<Long> behind, Map<Long, RunDetails> details)
            throws SQLException {
        LatestMetrics.read(
                tx,
                runKeys,
                behind,
                (runKey, key, latest) -> require(details, runKey)
                        .metrics
                        .add(new Metric(key, latest.value(), latest.timestamp(), latest.step())));
        tx.queryEach(
                keyValues("params", runKeys), row -> of(details, row).params.add(keyValue(row)));
        tx.queryEach(keyValues("tags", runKeys), row -> of(details, row).tags.add(keyValue(row)));
        readDatasets(tx, runKeys, details);
        tx.queryEach(
                forRuns("select run_key, model_id from run_model_inputs", runKeys),
                row -> of(details, row).modelInputs.add(new ModelInput(row.getString("model_id"))));
        tx.queryEach(
                forRuns("select run_key, model_id, step from run_model_outputs", runKeys),
                row -> of(details, row)
                        .modelOutputs
                        .add(new ModelOutput(row.getString("model_id"), row.getLong("step"))));
    }

    private static void readDatasets(Transaction tx, List<Long> runKeys, Map<Long, RunDetails> details)
            throws SQLException {
        tx.queryEach(forRuns("""
                        select i.run_key, i.dataset_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
                        from run_datasets i join datasets d on d.id = i.dataset_id""", runKeys), row -> {
            RunDetails run = of(details, row);
            long datasetId = row.getLong("dataset_id");
            Dataset dataset = new Dataset(
                    row.getString("name"),
                    row.getString("digest"),
                    row.getString("source_type"),
                    row.getString("source"),
                    row.getStringOrNull("schema"),
                    row.getStringOrNull("profile"));
            run.datasets.put(datasetId, new DatasetInput(new ArrayList<>(), dataset));
        });
        tx.queryEach(forRuns("select run_key, dataset_id, key, value from run_dataset_tags", runKeys), row -> {
            RunDetails run = of(details, row);
            Objects.requireNonNull(run.datasets.get(row.getLong("dataset_id")))
                    .tags()
                    .add(keyValue(row));
        });
    }

    /** Returns the run. */
    Run toRun(RunInfo info) {
        return new Run(
                info,
                new RunData(metrics, params, tags),
                new RunInputs(List.copyOf(datasets.values()), modelInputs),
                new RunOutputs(modelOutputs));
    }

    /** Returns the details of the run of a row. */
    private static RunDetails of(Map<Long, RunDetails> details, Row row) throws SQLException {
        return require(details, row.getLong("run_key"));
    }

    private static RunDetails require(Map<Long, RunDetails> details, long runKey) {
        return Objects.requireNonNull(details.get(runKey));
    }

    private static KeyValue keyValue(Row row) throws SQLException {
        return new KeyValue(row.getString("key"), row.getString("value"));
    }

    private static Sql keyValues(String table, List<Long> runKeys) {
        return forRuns("""
                select p.run_key, k.value as key, v.value as value
                from %s p join keys k on k.id = p.key_id join texts v on v.id = p.value_id""".formatted(table), runKeys);
    }

    /** Ends a SELECT of which one table has a run key. */
    private static Sql forRuns(String select, List<Long> runKeys) {
        return Sql.of(select + " where run_key in ").addIn(runKeys);
    }
}
