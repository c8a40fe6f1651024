package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.stores.sql.Row;
import java.sql.SQLException;

/** A model version without its tags and aliases. Times are milliseconds since 1970. */
record VersionRow(
        long modelKey,
        long number,
        String name,
        long creationTime,
        long lastUpdateTime,
        String description,
        Stage stage,
        String source,
        String runId,
        String runLink) {
    static final String COLUMNS =
            "v.model_key, v.version, m.name, v.creation_time, v.last_update_time, v.description, v.stage, v.source, v.run_id, v.run_link";

    /** Reads {@link #COLUMNS}. */
    static VersionRow read(Row row) throws SQLException {
        return new VersionRow(
                row.getLong("model_key"),
                row.getLong("version"),
                row.getString("name"),
                row.getLong("creation_time"),
                row.getLong("last_update_time"),
                row.getStringOrNull("description"),
                Stage.values()[row.getInt("stage")],
                row.getString("source"),
                row.getStringOrNull("run_id"),
                row.getStringOrNull("run_link"));
    }
}
