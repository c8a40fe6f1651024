package dev.kiroku.stores.registry;

import static dev.kiroku.model.Strings.emptyToNull;

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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what gates evaluate of a version: the run that it came from, its tags, and the content of its MLmodel file. */
final class VersionFactsReader {
    /** The ID of a logged model in a URI. */
    private static final Pattern LOGGED_MODEL_ID = Pattern.compile("(?<=/)m-[0-9a-zA-Z]+(?=/|$)");

    private static final int MAX_LOGGED_MODELS = 4;

    /** A run, with the root of its artifacts. */
    private record SourceRun(long key, String artifactUri) {}

    private final List<String> trustedRoots;

    /** @param trustedRoots locations whose artifacts count as those of the run that a version names */
    VersionFactsReader(List<String> trustedRoots) {
        this.trustedRoots = List.copyOf(trustedRoots);
    }

    /** Returns the facts of a version that the transaction has read. */
    VersionFacts read(Transaction tx, ModelRow model, ModelVersion version) throws SQLException {
        long number = Long.parseLong(version.version());
        String runId = emptyToNull(version.runId());
        SourceRun run = runId == null ? null : findRun(tx, runId).orElse(null);
        Long runKey = run != null && ownsArtifacts(tx, model, version, run) ? run.key : null;
        boolean unrelated = run != null && runKey == null;
        return new VersionFacts(
                number,
                unrelated ? null : runId,
                runKey == null ? Map.of() : readMetrics(tx, runKey),
                runKey == null ? Map.of() : readTexts(tx, "params", runKey),
                runKey == null ? Map.of() : readTexts(tx, "tags", runKey),
                version.tags().stream().collect(Collectors.toMap(KeyValue::key, KeyValue::value)),
                version.description(),
                findMlmodel(tx, model, number).orElse(null),
                unrelated ? runId : null);
    }

    private static Optional<SourceRun> findRun(Transaction tx, String runId) throws SQLException {
        return tx.queryFirst(
                Sql.of("select run_key, artifact_uri from runs where run_id = ?", runId),
                row -> new SourceRun(row.getLong("run_key"), row.getString("artifact_uri")));
    }

    /** Returns whether a version's artifacts are within those of its run, of a logged model of that run, or of a trusted root. */
    private boolean ownsArtifacts(Transaction tx, ModelRow model, ModelVersion version, SourceRun run)
            throws SQLException {
        String location = VersionTable.findStorageLocation(tx, model.name(), Long.parseLong(version.version()))
                .orElseThrow();
        if (isWithin(location, run.artifactUri) || trustedRoots.stream().anyMatch(root -> isWithin(location, root))) {
            return true;
        }
        List<String> ids = LOGGED_MODEL_ID
                .matcher(location)
                .results()
                .map(MatchResult::group)
                .limit(MAX_LOGGED_MODELS)
                .toList();
        for (String id : ids) {
            Sql artifacts = Sql.of(
                    "select artifact_location from logged_models where model_id = ? and source_run_id = ?",
                    id,
                    version.runId());
            if (tx.queryFirst(artifacts, row -> row.getString("artifact_location"))
                    .filter(root -> isWithin(location, root))
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWithin(String location, String root) {
        return location.equals(root) || location.startsWith(root.endsWith("/") ? root : root + "/");
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
