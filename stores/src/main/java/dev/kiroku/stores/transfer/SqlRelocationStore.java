package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Locations of artifacts in SQL. Thread-safe. */
public final class SqlRelocationStore implements RelocationStore {
    private final Database database;

    /** Creates the store. */
    public SqlRelocationStore(Database database) {
        this.database = database;
    }

    @Override
    public Map<Long, String> findExperiments(Collection<Long> ids) {
        return database.read(tx -> {
            Map<Long, String> found = new HashMap<>();
            for (List<Long> chunk : PageQuery.chunks(List.copyOf(ids))) {
                tx.queryEach(
                        Sql.of("select id, artifact_location from experiments where id in ")
                                .addIn(chunk),
                        row -> found.put(row.getLong("id"), row.getString("artifact_location")));
            }
            return found;
        });
    }

    @Override
    public Map<String, StoredLocation> findRuns(Collection<String> ids) {
        return find("select run_id as id, experiment_id, artifact_uri as uri from runs where run_id in ", ids);
    }

    @Override
    public Map<String, StoredLocation> findLoggedModels(Collection<String> ids) {
        return find(
                "select model_id as id, experiment_id, artifact_location as uri from logged_models where model_id in ",
                ids);
    }

    private Map<String, StoredLocation> find(String select, Collection<String> ids) {
        return database.read(tx -> {
            Map<String, StoredLocation> found = new HashMap<>();
            for (List<String> chunk : PageQuery.chunks(List.copyOf(ids))) {
                tx.queryEach(
                        Sql.of(select).addIn(chunk),
                        row -> found.put(
                                row.getString("id"),
                                new StoredLocation(row.getLong("experiment_id"), row.getString("uri"))));
            }
            return found;
        });
    }

    @Override
    public Map<Long, StoredVersion> findVersions(String model) {
        return database.read(tx -> {
            Map<Long, StoredVersion> found = new HashMap<>();
            tx.queryEach(
                    Sql.of("""
                            select version, creation_time, source, storage_location from model_versions where model_key =
                              (select model_key from registered_models where name = ?)""", model),
                    row -> found.put(
                            row.getLong("version"),
                            new StoredVersion(
                                    row.getLong("creation_time"),
                                    row.getString("source"),
                                    row.getString("storage_location"))));
            return found;
        });
    }

    @Override
    public void relocate(List<ArtifactRelocation> relocations) {
        database.write(SqlTransferStore.WRITE_ORDER_KEY, tx -> {
            for (ArtifactRelocation relocation : relocations) {
                tx.update(statement(relocation));
            }
            return Boolean.TRUE;
        });
    }

    private static Sql statement(ArtifactRelocation relocation) {
        return switch (relocation) {
            case ArtifactRelocation.OfExperiment e ->
                Sql.of("update experiments set artifact_location = ? where id = ?", e.location(), e.id());
            // Readers cache runs by their version.
            case ArtifactRelocation.OfRun r ->
                Sql.of("update runs set version = version + 1, artifact_uri = ? where run_id = ?", r.uri(), r.id());
            case ArtifactRelocation.OfLoggedModel m ->
                Sql.of("update logged_models set artifact_location = ? where model_id = ?", m.location(), m.id());
            case ArtifactRelocation.OfVersion v -> Sql.of("""
                        update model_versions set source = ?, storage_location = ? where version = ? and model_key =
                          (select model_key from registered_models where name = ?)""", v.source(), v.storageLocation(), v.version(), v.model());
        };
    }
}
