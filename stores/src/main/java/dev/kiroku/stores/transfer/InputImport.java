package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.tracking.CompactedMetrics.RunKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes the datasets and logged models that runs used and made. */
final class InputImport {
    private InputImport() {}

    private record DatasetKey(long experimentId, String name, String digest) {
        static DatasetKey of(RunKey run, Dataset dataset) {
            return new DatasetKey(run.experimentId(), dataset.name(), dataset.digest());
        }
    }

    static void apply(ImportTransaction in, List<RunRecord> runs, Map<String, RunKey> keys) throws SQLException {
        addDatasets(in, runs, keys);
        List<@Nullable Object[]> inputs = new ArrayList<>();
        List<@Nullable Object[]> outputs = new ArrayList<>();
        for (RunRecord run : runs) {
            long key = Objects.requireNonNull(keys.get(run.id())).key();
            for (ModelInput input : run.modelInputs()) {
                inputs.add(new @Nullable Object[] {key, input.modelId()});
            }
            for (ModelOutput output : run.modelOutputs()) {
                outputs.add(new @Nullable Object[] {key, output.modelId(), output.step()});
            }
        }
        in.insertIfAbsent("insert into run_model_inputs (run_key, model_id) values (?, ?)", inputs);
        in.insertIfAbsent("insert into run_model_outputs (run_key, model_id, step) values (?, ?, ?)", outputs);
    }

    private static void addDatasets(ImportTransaction in, List<RunRecord> runs, Map<String, RunKey> keys)
            throws SQLException {
        Map<DatasetKey, Dataset> datasets = new LinkedHashMap<>();
        for (RunRecord run : runs) {
            RunKey key = Objects.requireNonNull(keys.get(run.id()));
            for (DatasetInput input : run.datasets()) {
                datasets.putIfAbsent(DatasetKey.of(key, input.dataset()), input.dataset());
            }
        }
        if (datasets.isEmpty()) {
            return;
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        datasets.forEach((key, d) -> rows.add(new @Nullable Object[] {
            key.experimentId, d.name(), d.digest(), d.sourceType(), d.source(), d.schema(), d.profile()
        }));
        in.insertIfAbsent("""
                insert into datasets (experiment_id, name, digest, source_type, source, schema, profile)
                values (?, ?, ?, ?, ?, ?, ?)""", rows);
        addUses(in, runs, keys, findIds(in, List.copyOf(datasets.keySet())));
    }

    private static Map<DatasetKey, Long> findIds(ImportTransaction in, List<DatasetKey> keys) throws SQLException {
        Map<DatasetKey, Long> ids = new HashMap<>();
        for (List<DatasetKey> chunk : PageQuery.chunks(keys)) {
            Sql query = Sql.of("select id, experiment_id, name, digest from datasets where digest in ")
                    .addIn(chunk.stream().map(DatasetKey::digest).distinct().toList())
                    .add(" and experiment_id in ")
                    .addIn(chunk.stream()
                            .map(DatasetKey::experimentId)
                            .distinct()
                            .toList());
            in.tx()
                    .queryEach(
                            query,
                            row -> ids.put(
                                    new DatasetKey(
                                            row.getLong("experiment_id"),
                                            row.getString("name"),
                                            row.getString("digest")),
                                    row.getLong("id")));
        }
        return ids;
    }

    private static void addUses(
            ImportTransaction in, List<RunRecord> runs, Map<String, RunKey> keys, Map<DatasetKey, Long> ids)
            throws SQLException {
        List<@Nullable Object[]> uses = new ArrayList<>();
        List<@Nullable Object[]> tags = new ArrayList<>();
        for (RunRecord run : runs) {
            RunKey key = Objects.requireNonNull(keys.get(run.id()));
            for (DatasetInput input : run.datasets()) {
                Long id = ids.get(DatasetKey.of(key, input.dataset()));
                uses.add(new @Nullable Object[] {key.key(), id});
                for (KeyValue tag : input.tags()) {
                    tags.add(new @Nullable Object[] {key.key(), id, tag.key(), tag.value()});
                }
            }
        }
        in.insertIfAbsent("insert into run_datasets (run_key, dataset_id) values (?, ?)", uses);
        in.insertIfAbsent("insert into run_dataset_tags (run_key, dataset_id, key, value) values (?, ?, ?, ?)", tags);
    }
}
