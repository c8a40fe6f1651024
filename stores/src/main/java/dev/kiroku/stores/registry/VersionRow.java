package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A model version without its tags and aliases. Times are milliseconds since 1970. */
record VersionRow(
        long modelKey,
        long number,
        String name,
        long creationTime,
        long lastUpdateTime,
        @Nullable String description,
        Stage stage,
        String source,
        @Nullable String runId,
        @Nullable String runLink) {
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
                row.get("stage", StoredEnums.MODEL_VERSION_STAGE),
                row.getString("source"),
                row.getStringOrNull("run_id"),
                row.getStringOrNull("run_link"));
    }
}
