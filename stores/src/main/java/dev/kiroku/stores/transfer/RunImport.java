package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.tracking.CompactedMetrics;
import dev.kiroku.stores.tracking.CompactedMetrics.EncodedMetrics;
import dev.kiroku.stores.tracking.CompactedMetrics.RunKey;
import dev.kiroku.stores.tracking.WatchedRuns;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes runs and their metric points, all of a batch by a few statements. */
final class RunImport {
    private static final String INSERT = """
            insert into runs (run_id, experiment_id, name, user_id, status, start_time, end_time, stage, deleted_time, artifact_uri)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String UPDATE = """
            update runs set version = version + 1, name = ?, status = ?, end_time = ?, stage = ?, deleted_time = ? where run_key = ?""";

    private final ImportTransaction in;
    private final Map<String, Long> keyIds;
    private final Map<String, Long> textIds;
    private final CompactedMetrics metrics;

    /**
     * @param keyIds the ids of all keys of the batch
     * @param textIds the ids of all values of the batch
     */
    RunImport(ImportTransaction in, Map<String, Long> keyIds, Map<String, Long> textIds, CompactedMetrics metrics) {
        this.in = in;
        this.keyIds = keyIds;
        this.textIds = textIds;
        this.metrics = metrics;
    }

    void apply(List<RunRecord> all, List<RunMetrics> points, List<EncodedMetrics> encoded) throws SQLException {
        Map<String, RunKey> stored = lock(
                Stream.concat(all.stream().map(RunRecord::id), points.stream().map(RunMetrics::runId))
                        .collect(Collectors.toSet()));
        List<RunRecord> runs = withoutConflicts(all, stored);
        Map<String, RecordDigest> digests = new LinkedHashMap<>();
        runs.forEach(run -> digests.put(run.id(), digest(run)));
        Map<String, RecordDigest> before = in.findDigests(RecordKind.RUN, digests.keySet());

        List<RunRecord> added =
                runs.stream().filter(run -> !stored.containsKey(run.id())).toList();
        List<RunRecord> present =
                runs.stream().filter(run -> stored.containsKey(run.id())).toList();
        insert(added);
        if (!added.isEmpty() && !in.checkOnly()) {
            stored.putAll(find(added.stream().map(RunRecord::id).toList(), ""));
        }
        List<RunRecord> changed = withoutFrozen(present.stream()
                .filter(run -> !Objects.equals(before.get(run.id()), digests.get(run.id())))
                .toList());
        update(changed, stored);
        List<RunRecord> written =
                Stream.concat(added.stream(), changed.stream()).toList();
        if (!in.checkOnly()) {
            putDetails(written, stored);
        }
        digests.keySet().retainAll(written.stream().map(RunRecord::id).collect(Collectors.toSet()));
        in.putDigests(RecordKind.RUN, digests);
        count(added.size(), changed.size(), runs.size());
        addMetrics(points, encoded, stored);
    }

    private void count(int added, int changed, int all) {
        if (all > 0) {
            in.result().added(RecordKind.RUN, added);
            in.result().updated(RecordKind.RUN, changed);
            in.result().unchanged(RecordKind.RUN, (long) all - added - changed);
        }
    }

    private List<RunRecord> withoutConflicts(List<RunRecord> all, Map<String, RunKey> stored) throws SQLException {
        Set<Long> experiments =
                existing(all.stream().map(RunRecord::experimentId).distinct().toList());
        List<RunRecord> fitting = new ArrayList<>(all.size());
        for (RunRecord run : all) {
            RunKey present = stored.get(run.id());
            if (present != null && present.experimentId() != run.experimentId()) {
                in.result()
                        .conflict(
                                RecordKind.RUN,
                                run.id(),
                                "The run %s exists in experiment %d. Import its experiment %d into that one with --map-experiment %d=%d."
                                        .formatted(
                                                run.id(),
                                                present.experimentId(),
                                                run.experimentId(),
                                                run.experimentId(),
                                                present.experimentId()));
            } else if (!in.checkOnly() && !experiments.contains(run.experimentId())) {
                in.result()
                        .conflict(
                                RecordKind.RUN,
                                run.id(),
                                "The experiment %d of the run %s does not exist."
                                        .formatted(run.experimentId(), run.id()));
            } else {
                fitting.add(run);
            }
        }
        return fitting;
    }

    /** Leaves out runs that gates keep as they are, because an alias or stage points at a version that they made. */
    private List<RunRecord> withoutFrozen(List<RunRecord> runs) throws SQLException {
        List<RunRecord> free = new ArrayList<>(runs.size());
        for (RunRecord run : runs) {
            Optional<String> refusal = WatchedRuns.findRefusal(in.tx(), run.id());
            refusal.ifPresent(reason -> in.result().conflict(RecordKind.RUN, run.id(), reason));
            if (refusal.isEmpty()) {
                free.add(run);
            }
        }
        return free;
    }

    private Set<Long> existing(List<Long> experimentIds) throws SQLException {
        return Set.copyOf(in.tx()
                .queryList(
                        Sql.of("select id from experiments where id in ").addIn(experimentIds),
                        row -> row.getLong("id")));
    }

    private Map<String, RunKey> lock(Collection<String> ids) throws SQLException {
        return find(ids, in.checkOnly() ? "" : in.tx().dialect().forUpdate());
    }

    private Map<String, RunKey> find(Collection<String> ids, String lock) throws SQLException {
        Map<String, RunKey> found = new HashMap<>();
        for (List<String> chunk : PageQuery.chunks(List.copyOf(ids))) {
            in.tx()
                    .queryEach(
                            Sql.of("select run_id, run_key, experiment_id from runs where run_id in ")
                                    .addIn(chunk)
                                    .add(" order by run_key" + lock),
                            row -> found.put(
                                    row.getString("run_id"),
                                    new RunKey(row.getLong("run_key"), row.getLong("experiment_id"))));
        }
        return found;
    }

    private void insert(List<RunRecord> runs) throws SQLException {
        List<@Nullable Object[]> rows = runs.stream()
                .map(run -> new @Nullable Object[] {
                    run.id(),
                    run.experimentId(),
                    run.name(),
                    run.userId(),
                    StoredEnums.RUN_STATUS.encode(run.status()),
                    run.startTime(),
                    run.endTime(),
                    StoredEnums.LIFECYCLE_STAGE.encode(run.stage()),
                    run.deletedTime(),
                    run.artifactUri()
                })
                .toList();
        in.batch(INSERT, rows);
    }

    private void update(List<RunRecord> runs, Map<String, RunKey> stored) throws SQLException {
        List<@Nullable Object[]> rows = runs.stream()
                .map(run -> new @Nullable Object[] {
                    run.name(),
                    StoredEnums.RUN_STATUS.encode(run.status()),
                    run.endTime(),
                    StoredEnums.LIFECYCLE_STAGE.encode(run.stage()),
                    run.deletedTime(),
                    Objects.requireNonNull(stored.get(run.id())).key()
                })
                .toList();
        in.batch(UPDATE, rows);
    }

    private void putDetails(List<RunRecord> runs, Map<String, RunKey> stored) throws SQLException {
        in.insertIfAbsent(
                "insert into params (run_key, key_id, experiment_id, value_id) values (?, ?, ?, ?)",
                pairs(runs, stored, RunRecord::params));
        in.batch(
                in.tx()
                        .dialect()
                        .upsert(
                                "insert into tags (run_key, key_id, experiment_id, value_id) values (?, ?, ?, ?)",
                                "run_key, key_id",
                                "value_id"),
                pairs(runs, stored, RunRecord::tags));
        InputImport.apply(in, runs, stored);
    }

    private List<@Nullable Object[]> pairs(
            List<RunRecord> runs, Map<String, RunKey> stored, Function<RunRecord, List<KeyValue>> pairs) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (RunRecord run : runs) {
            RunKey key = Objects.requireNonNull(stored.get(run.id()));
            for (KeyValue pair : pairs.apply(run)) {
                rows.add(new @Nullable Object[] {
                    key.key(), keyIds.get(pair.key()), key.experimentId(), textIds.get(pair.value())
                });
            }
        }
        return rows;
    }

    private void addMetrics(List<RunMetrics> points, List<EncodedMetrics> encoded, Map<String, RunKey> stored)
            throws SQLException {
        List<EncodedMetrics> known = encoded.stream()
                .filter(each -> stored.containsKey(each.runId()))
                .toList();
        if (!in.checkOnly()) {
            metrics.insert(in.tx(), known, stored);
            List<@Nullable Object[]> changed = known.stream()
                    .map(each -> new @Nullable Object[] {
                        Objects.requireNonNull(stored.get(each.runId())).key()
                    })
                    .toList();
            in.batch("update runs set version = version + 1 where run_key = ?", changed);
        }
        long added = known.stream().mapToLong(EncodedMetrics::size).sum();
        long offered = points.stream()
                .filter(each -> stored.containsKey(each.runId()))
                .mapToLong(RunMetrics::size)
                .sum();
        if (offered > 0) {
            in.result().added(RecordKind.METRIC_POINT, added);
            in.result().unchanged(RecordKind.METRIC_POINT, offered - added);
        }
    }

    private static RecordDigest digest(RunRecord run) {
        return RecordDigest.of(
                run.name(),
                run.userId(),
                run.status(),
                run.startTime(),
                run.endTime(),
                run.stage(),
                run.deletedTime(),
                run.params(),
                run.tags(),
                run.datasets(),
                run.modelInputs(),
                run.modelOutputs());
    }
}
