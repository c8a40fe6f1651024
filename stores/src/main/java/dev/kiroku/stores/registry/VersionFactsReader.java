package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.tracking.LatestMetrics;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads what gates evaluate of a version: the run that it came from, its tags, and the content of its MLmodel file. */
final class VersionFactsReader {
    private VersionFactsReader() {}

    /** Returns the facts of a version that the transaction has read. */
    static VersionFacts read(Transaction tx, ModelRow model, ModelVersion version) throws SQLException {
        long number = Long.parseLong(version.version());
        Optional<Long> run = version.runId() == null
                ? Optional.empty()
                : tx.queryFirst(
                        Sql.of("select run_key from runs where run_id = ?", version.runId()),
                        row -> row.getLong("run_key"));
        return new VersionFacts(
                number,
                version.runId(),
                run.isEmpty() ? Map.of() : readMetrics(tx, run.get()),
                run.isEmpty() ? Map.of() : readTexts(tx, "params", run.get()),
                run.isEmpty() ? Map.of() : readTexts(tx, "tags", run.get()),
                version.tags().stream().collect(Collectors.toMap(KeyValue::key, KeyValue::value)),
                version.description(),
                findMlmodel(tx, model, number).orElse(null));
    }

    private static Optional<VersionFacts.MlmodelSummary> findMlmodel(Transaction tx, ModelRow model, long version)
            throws SQLException {
        return tx.queryFirst(
                Sql.of("""
                        select has_signature, flavors from model_version_contents
                        where model_key = ? and version = ?""", model.key(), version),
                row -> new VersionFacts.MlmodelSummary(
                        row.getBoolean("has_signature"),
                        row.getString("flavors").lines().toList()));
    }

    private static Map<String, Double> readMetrics(Transaction tx, long runKey) throws SQLException {
        Map<String, Double> metrics = new HashMap<>();
        LatestMetrics.read(tx, List.of(runKey), List.of(runKey), (_, key, latest) -> metrics.put(key, latest.value()));
        return metrics;
    }

    private static Map<String, String> readTexts(Transaction tx, String table, long runKey) throws SQLException {
        Map<String, String> texts = new HashMap<>();
        tx.queryEach(
                Sql.of(
                        "select k.value as key, t.value as value from " + table
                                + " p join keys k on k.id = p.key_id join texts t on t.id = p.value_id"
                                + " where p.run_key = ?",
                        runKey),
                row -> texts.put(row.getString("key"), row.getString("value")));
        return texts;
    }
}
