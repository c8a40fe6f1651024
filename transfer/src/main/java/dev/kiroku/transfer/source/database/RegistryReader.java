package dev.kiroku.transfer.source.database;

import static dev.kiroku.transfer.source.database.RunReader.orEmpty;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Alias;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.KeyValue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads registered models one by one, and webhooks. */
final class RegistryReader {
    private static final int PAGE_SIZE = 100;
    /** The stage of versions that were deleted: MLflow keeps their rows, so that their numbers are not used again. */
    private static final String DELETED = "Deleted_Internal";

    private final MlflowDatabase database;
    private final MlflowSchema schema;

    RegistryReader(MlflowDatabase database, MlflowSchema schema) {
        this.database = database;
        this.schema = schema;
    }

    /** Returns the models that follow one, by name; an empty list after the last. */
    List<RegisteredModelRecord> page(String afterName) throws SQLException {
        List<RegisteredModelRecord> bare = database.list(
                "select name, description, creation_time, last_updated_time from registered_models where name > ? and "
                        + schema.inDefaultWorkspace("registered_models") + " order by name limit " + PAGE_SIZE,
                row -> new RegisteredModelRecord(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        0,
                        List.of(),
                        List.of(),
                        List.of()),
                afterName);
        List<RegisteredModelRecord> models = new ArrayList<>(bare.size());
        for (RegisteredModelRecord model : bare) {
            models.add(withDetails(model));
        }
        return models;
    }

    private RegisteredModelRecord withDetails(RegisteredModelRecord model) throws SQLException {
        Map<Long, List<KeyValue>> versionTags = new HashMap<>();
        database.each(
                "select version, \"key\", value from model_version_tags where name = ? and "
                        + schema.inDefaultWorkspace("model_version_tags") + " order by version, \"key\"",
                row -> versionTags
                        .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                        .add(new KeyValue(row.getString(2), orEmpty(row.getString(3)))),
                model.name());
        List<Version> versions = new ArrayList<>();
        long[] last = new long[1];
        database.each(
                "select version, creation_time, last_updated_time, description, current_stage, source, storage_location, run_id, run_link"
                        + " from model_versions where name = ? and " + schema.inDefaultWorkspace("model_versions")
                        + " order by version",
                row -> {
                    last[0] = row.getLong("version");
                    if (!DELETED.equals(row.getString("current_stage"))) {
                        versions.add(version(row, versionTags.getOrDefault(last[0], List.of())));
                    }
                },
                model.name());
        return new RegisteredModelRecord(
                model.name(),
                model.description(),
                model.creationTime(),
                model.lastUpdateTime(),
                last[0],
                database.list(
                        "select \"key\", value from registered_model_tags where name = ? and "
                                + schema.inDefaultWorkspace("registered_model_tags") + " order by \"key\"",
                        row -> new KeyValue(row.getString(1), orEmpty(row.getString(2))),
                        model.name()),
                versions,
                database.list(
                        "select alias, version from registered_model_aliases where name = ? and "
                                + schema.inDefaultWorkspace("registered_model_aliases") + " order by alias",
                        row -> new Alias(row.getString(1), row.getLong(2)),
                        model.name()));
    }

    private static Version version(ResultSet row, List<KeyValue> tags) throws SQLException {
        String source = orEmpty(row.getString("source"));
        String storage = row.getString("storage_location");
        return new Version(
                row.getLong("version"),
                row.getLong("creation_time"),
                row.getLong("last_updated_time"),
                row.getString("description"),
                parseStage(row.getString("current_stage")),
                source,
                storage == null ? source : storage,
                row.getString("run_id"),
                row.getString("run_link"),
                tags);
    }

    private static Stage parseStage(@Nullable String name) {
        return name == null ? Stage.NONE : Stage.parse(name);
    }

    List<WebhookRecord> webhooks() throws SQLException {
        if (!schema.hasTable("webhooks")) {
            return List.of();
        }
        Map<String, List<String>> events = new HashMap<>();
        database.each(
                "select webhook_id, entity, action from webhook_events order by webhook_id, entity, action",
                row -> events.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                        .add(row.getString(2) + "." + row.getString(3)));
        return database.list(
                "select webhook_id, name, description, url, status, secret, creation_timestamp, last_updated_timestamp from webhooks"
                        + " where deleted_timestamp is null and " + schema.inDefaultWorkspace("webhooks")
                        + " order by webhook_id",
                row -> new WebhookRecord(
                        row.getString("webhook_id"),
                        row.getString("name"),
                        row.getString("description"),
                        row.getString("url"),
                        events.getOrDefault(row.getString("webhook_id"), List.of()),
                        "ACTIVE".equals(row.getString("status")) && row.getString("secret") == null,
                        row.getLong("creation_timestamp"),
                        row.getLong("last_updated_timestamp")));
    }
}
