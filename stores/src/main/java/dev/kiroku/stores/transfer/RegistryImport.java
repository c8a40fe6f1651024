package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.tracking.WatchedRuns;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes registered models with their versions, and webhooks, each by itself. Gates are not asked: what was promoted before stays promoted. */
final class RegistryImport {
    private RegistryImport() {}

    static void apply(ImportTransaction in, List<RegisteredModelRecord> models) throws SQLException {
        boolean assigned = false;
        for (RegisteredModelRecord model : models) {
            assigned |= apply(in, model);
        }
        if (assigned && !in.checkOnly()) {
            WatchedRuns.watchAssigned(in.tx());
        }
    }

    /** Returns whether something was written. */
    private static boolean apply(ImportTransaction in, RegisteredModelRecord model) throws SQLException {
        RecordDigest digest = digest(model);
        RecordDigest imported = in.findDigests(RecordKind.REGISTERED_MODEL, List.of(model.name()))
                .get(model.name());
        Optional<Long> stored = findKey(in, model.name());
        if (stored.isPresent() && (imported == null || !isSame(in, stored.get(), model))) {
            in.result()
                    .conflict(
                            RecordKind.REGISTERED_MODEL,
                            model.name(),
                            "A registered model '%s' exists that does not come from this source. Import this one under another name with --rename '%s=NAME' or --prefix."
                                    .formatted(model.name(), model.name()));
            return false;
        }
        if (stored.isPresent() && digest.equals(imported)) {
            in.result().unchanged(RecordKind.REGISTERED_MODEL, 1);
            in.result().unchanged(RecordKind.MODEL_VERSION, model.versions().size());
            return false;
        }
        Set<Long> before = stored.isEmpty() ? Set.of() : versions(in, stored.get());
        long key = stored.isPresent() ? stored.get() : insert(in, model);
        long added = model.versions().stream()
                .filter(v -> !before.contains(v.version()))
                .count();
        in.result().added(RecordKind.REGISTERED_MODEL, stored.isPresent() ? 0 : 1);
        in.result().updated(RecordKind.REGISTERED_MODEL, stored.isPresent() ? 1 : 0);
        in.result().added(RecordKind.MODEL_VERSION, added);
        in.result().updated(RecordKind.MODEL_VERSION, model.versions().size() - added);
        if (!in.checkOnly()) {
            put(in, key, model);
        }
        in.putDigests(RecordKind.REGISTERED_MODEL, Map.of(model.name(), digest));
        return true;
    }

    /** Returns whether the stored model is that of an earlier import: other sources may have models of the same name. */
    private static boolean isSame(ImportTransaction in, long key, RegisteredModelRecord model) throws SQLException {
        return in.tx()
                        .queryLong(Sql.of("select creation_time from registered_models where model_key = ?", key))
                        .orElse(-1L)
                == model.creationTime();
    }

    private static Optional<Long> findKey(ImportTransaction in, String name) throws SQLException {
        return in.tx().queryLong(Sql.of("select model_key from registered_models where name = ?", name));
    }

    private static Set<Long> versions(ImportTransaction in, long key) throws SQLException {
        return Set.copyOf(in.tx()
                .queryList(
                        Sql.of("select version from model_versions where model_key = ?", key),
                        row -> row.getLong("version")));
    }

    private static long insert(ImportTransaction in, RegisteredModelRecord model) throws SQLException {
        in.update(Sql.of(
                """
                insert into registered_models (name, description, creation_time, last_update_time, last_version)
                values (?, ?, ?, ?, ?)""",
                model.name(),
                model.description(),
                model.creationTime(),
                model.lastUpdateTime(),
                model.lastVersion()));
        return findKey(in, model.name()).orElse(0L);
    }

    private static void put(ImportTransaction in, long key, RegisteredModelRecord model) throws SQLException {
        in.update(Sql.of(
                """
                update registered_models set description = ?, last_update_time = ?,
                  last_version = case when last_version < ? then ? else last_version end
                where model_key = ?""", model.description(), model.lastUpdateTime(), model.lastVersion(), model.lastVersion(), key));
        in.batch(
                in.tx().dialect().upsert("""
                                insert into model_versions (model_key, version, creation_time, last_update_time, description, stage, source,
                                  storage_location, run_id, run_link)
                                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""", "model_key, version", "last_update_time", "description", "stage"),
                model.versions().stream().map(v -> toRow(key, v)).toList());
        List<@Nullable Object[]> versionTags = new ArrayList<>();
        for (Version version : model.versions()) {
            for (KeyValue tag : version.tags()) {
                versionTags.add(new @Nullable Object[] {key, version.version(), tag.key(), tag.value()});
            }
        }
        in.batch(
                in.tx()
                        .dialect()
                        .upsert(
                                "insert into model_version_tags (model_key, version, key, value) values (?, ?, ?, ?)",
                                "model_key, version, key",
                                "value"),
                versionTags);
        in.batch(
                in.tx()
                        .dialect()
                        .upsert(
                                "insert into registered_model_tags (model_key, key, value) values (?, ?, ?)",
                                "model_key, key",
                                "value"),
                model.tags().stream()
                        .map(tag -> new @Nullable Object[] {key, tag.key(), tag.value()})
                        .toList());
        in.batch(
                in.tx()
                        .dialect()
                        .upsert(
                                "insert into registered_model_aliases (model_key, alias, version) values (?, ?, ?)",
                                "model_key, alias",
                                "version"),
                model.aliases().stream()
                        .map(alias -> new @Nullable Object[] {key, alias.alias(), alias.version()})
                        .toList());
    }

    private static @Nullable Object[] toRow(long key, Version v) {
        return new @Nullable Object[] {
            key,
            v.version(),
            v.creationTime(),
            v.lastUpdateTime(),
            v.description(),
            StoredEnums.MODEL_VERSION_STAGE.encode(v.stage()),
            v.source(),
            v.storageLocation(),
            v.runId(),
            v.runLink()
        };
    }

    private static RecordDigest digest(RegisteredModelRecord m) {
        return RecordDigest.of(
                m.description(), m.lastUpdateTime(), m.lastVersion(), m.tags(), m.versions(), m.aliases());
    }

    static void applyWebhooks(ImportTransaction in, List<WebhookRecord> webhooks) throws SQLException {
        for (WebhookRecord webhook : webhooks) {
            boolean present = in.tx()
                    .queryLong(Sql.of("select webhook_key from webhooks where webhook_id = ?", webhook.id()))
                    .isPresent();
            if (present) {
                in.result().unchanged(RecordKind.WEBHOOK, 1);
                continue;
            }
            in.result().added(RecordKind.WEBHOOK, 1);
            in.update(Sql.of(
                    """
                    insert into webhooks (webhook_id, name, description, url, secret, active, creation_time, last_update_time)
                    values (?, ?, ?, ?, null, ?, ?, ?)""",
                    webhook.id(),
                    webhook.name(),
                    webhook.description(),
                    webhook.url(),
                    webhook.active() ? 1 : 0,
                    webhook.creationTime(),
                    webhook.lastUpdateTime()));
            for (String event : webhook.events()) {
                in.update(Sql.of("""
                        insert into webhook_events (webhook_key, event)
                        select webhook_key, ? from webhooks where webhook_id = ?""", event, webhook.id()));
            }
        }
    }
}
