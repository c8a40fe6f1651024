package dev.kiroku.stores.transfer;

import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.StoredEnums;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes experiments, each by itself: there are few. */
final class ExperimentImport {
    private ExperimentImport() {}

    private record Holder(long id, String name, long creationTime) {}

    static void apply(ImportTransaction in, List<ExperimentRecord> experiments) throws SQLException {
        boolean added = false;
        for (ExperimentRecord experiment : experiments) {
            added |= apply(in, experiment);
        }
        String continueIdentity = in.tx().dialect().continueIdentity("experiments", "id");
        if (added && !in.checkOnly() && continueIdentity != null) {
            in.tx().queryLong(Sql.of(continueIdentity));
        }
    }

    /** Returns whether the experiment was added. */
    private static boolean apply(ImportTransaction in, ExperimentRecord e) throws SQLException {
        String id = Long.toString(e.id());
        RecordDigest digest = digest(e);
        RecordDigest imported =
                in.findDigests(RecordKind.EXPERIMENT, List.of(id)).get(id);
        Optional<Holder> byId = find(in, Sql.of("id = ?", e.id()));
        Optional<Holder> byName = find(in, Sql.of("name = ?", e.name()));
        if (digest.equals(imported) && byId.isPresent()) {
            in.result().present(RecordKind.EXPERIMENT, false);
            return false;
        }
        if (byName.isPresent() && byName.get().id != e.id()) {
            in.result()
                    .conflict(
                            RecordKind.EXPERIMENT,
                            e.id(),
                            "An experiment '%s' exists with id %d. Import experiment %d into it with --map-experiment %d=%d, or under another name with --rename or --prefix."
                                    .formatted(e.name(), byName.get().id, e.id(), e.id(), byName.get().id));
            return false;
        }
        // Other sources use the same ids. The experiment of an earlier import has the time of its creation.
        boolean sameExperiment = imported != null && byId.isPresent() && byId.get().creationTime == e.creationTime();
        if (byId.isPresent() && !sameExperiment && !byId.get().name.equals(e.name())) {
            in.result()
                    .conflict(
                            RecordKind.EXPERIMENT,
                            e.id(),
                            "The id %d of '%s' belongs to the experiment '%s'. Give it another id with --map-experiment %d=ID, or let all such experiments have new ids with --map-experiment auto."
                                    .formatted(e.id(), e.name(), byId.get().name, e.id()));
            return false;
        }
        if (byId.isEmpty()) {
            insert(in, e);
            in.result().added(RecordKind.EXPERIMENT, 1);
        } else {
            // An experiment that was there before keeps what it has; an experiment of an earlier import follows the
            // source.
            update(in, e, sameExperiment || isUnusedDefault(in, e));
            in.result().present(RecordKind.EXPERIMENT, true);
        }
        in.putDigests(RecordKind.EXPERIMENT, Map.of(id, digest));
        return byId.isEmpty();
    }

    private static boolean isUnusedDefault(ImportTransaction in, ExperimentRecord e) throws SQLException {
        return e.id() == ExperimentStore.DEFAULT_ID
                && in.tx()
                        .queryLong(Sql.of("select 1 from runs where experiment_id = ? limit 1", e.id()))
                        .isEmpty();
    }

    private static Optional<Holder> find(ImportTransaction in, Sql condition) throws SQLException {
        return in.tx()
                .queryFirst(
                        Sql.of("select id, name, creation_time from experiments where ")
                                .add(condition),
                        row -> new Holder(row.getLong("id"), row.getString("name"), row.getLong("creation_time")));
    }

    private static void insert(ImportTransaction in, ExperimentRecord e) throws SQLException {
        in.update(Sql.of(
                """
                insert into experiments (id, name, artifact_location, stage, creation_time, last_update_time)
                values (?, ?, ?, ?, ?, ?)""",
                e.id(),
                e.name(),
                e.artifactLocation(),
                StoredEnums.LIFECYCLE_STAGE.encode(e.stage()),
                e.creationTime(),
                e.lastUpdateTime()));
        putTags(in, e, true);
    }

    private static void update(ImportTransaction in, ExperimentRecord e, boolean follow) throws SQLException {
        if (follow) {
            in.update(Sql.of(
                    "update experiments set name = ?, stage = ?, creation_time = ?, last_update_time = ? where id = ?",
                    e.name(),
                    StoredEnums.LIFECYCLE_STAGE.encode(e.stage()),
                    e.creationTime(),
                    e.lastUpdateTime(),
                    e.id()));
        }
        putTags(in, e, follow);
    }

    private static void putTags(ImportTransaction in, ExperimentRecord e, boolean overwrite) throws SQLException {
        String insert = "insert into experiment_tags (experiment_id, key, value) values (?, ?, ?)";
        List<@Nullable Object[]> rows = e.tags().stream()
                .map(tag -> new @Nullable Object[] {e.id(), tag.key(), tag.value()})
                .toList();
        var dialect = in.tx().dialect();
        in.batch(
                overwrite ? dialect.upsert(insert, "experiment_id, key", "value") : dialect.insertIfAbsent(insert),
                rows);
    }

    private static RecordDigest digest(ExperimentRecord e) {
        return RecordDigest.of(e.name(), e.stage(), e.creationTime(), e.lastUpdateTime(), e.tags());
    }
}
