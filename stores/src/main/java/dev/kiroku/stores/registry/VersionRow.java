package dev.kiroku.stores.registry;

import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.core.registry.Stage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.ModelVersionStatus;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A model version as far as its own table and its model's know it. */
record VersionRow(
        long modelKey,
        long number,
        String name,
        long created,
        long updated,
        String description,
        Stage stage,
        String source,
        String runId,
        String runLink) {
    static final String COLUMNS =
            "v.model_key, v.version, m.name, v.creation_time, v.last_update_time, v.description, v.stage, v.source, v.run_id, v.run_link";

    /** How many columns these are. */
    static final int WIDTH = 10;

    private record Key(long model, long version) {}

    static VersionRow of(ResultSet row) throws SQLException {
        return new VersionRow(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getString(6),
                Stage.values()[row.getInt(7)],
                row.getString(8),
                row.getString(9),
                row.getString(10));
    }

    /** Adds tags and aliases, for all of them at once. */
    static List<ModelVersion> load(Transaction tx, List<VersionRow> versions) throws SQLException {
        Map<Key, List<KeyValue>> tags = new HashMap<>();
        Map<Key, List<String>> aliases = new HashMap<>();
        for (List<VersionRow> chunk : PageQuery.chunks(versions)) {
            List<Long> models =
                    chunk.stream().map(VersionRow::modelKey).distinct().toList();
            tx.queryEach(
                    Sql.of("select model_key, version, alias from registered_model_aliases where model_key in ")
                            .addIn(models)
                            .add(" order by alias"),
                    row -> aliases.computeIfAbsent(key(row), k -> new ArrayList<>())
                            .add(row.getString(3)));
            tx.queryEach(
                    // A join, because SQLite would read the whole table for "in (values …)".
                    Sql.of("select t.model_key, t.version, t.key, t.value from (values ")
                            // Of just these versions: their models may have thousands of others.
                            .addRows(chunk.stream()
                                    .map(version -> new Object[] {version.modelKey, version.number})
                                    .toList())
                            .add(
                                    ") w join model_version_tags t on t.model_key = w.column1 and t.version = w.column2 order by t.key"),
                    row -> tags.computeIfAbsent(key(row), k -> new ArrayList<>())
                            .add(new KeyValue(row.getString(3), row.getString(4))));
        }
        return versions.stream()
                .map(v -> {
                    Key key = new Key(v.modelKey, v.number);
                    return new ModelVersion(
                            v.name,
                            Long.toString(v.number),
                            v.created,
                            v.updated,
                            null,
                            v.stage.wireName(),
                            nullToEmpty(v.description),
                            v.source,
                            nullToEmpty(v.runId),
                            ModelVersionStatus.READY,
                            null,
                            tags.getOrDefault(key, List.of()),
                            nullToEmpty(v.runLink),
                            aliases.getOrDefault(key, List.of()),
                            null,
                            List.of(),
                            List.of());
                })
                .toList();
    }

    private static Key key(ResultSet row) throws SQLException {
        return new Key(row.getLong(1), row.getLong(2));
    }
}
