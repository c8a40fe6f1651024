package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.ImportStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.model.transfer.ServerImport.Count;
import dev.kiroku.model.transfer.ServerImport.Progress;
import dev.kiroku.model.transfer.ServerImport.State;
import dev.kiroku.model.transfer.ServerImport.Summary;
import dev.kiroku.model.transfer.ServerImportApi.Origin;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Imports that were run, in SQL. */
public final class SqlImportStore implements ImportStore {
    private static final String WRITE_ORDER_KEY = "imports";
    /** Imports that brought nothing, such as dry runs, are kept only if they are among so many latest ones. */
    private static final int MAX_KEPT = 100;

    private final Database database;

    /** Creates the store of a database. */
    public SqlImportStore(Database database) {
        this.database = database;
    }

    @Override
    public long add(ServerImport first, boolean byServer, long deadBefore) {
        return database.write(WRITE_ORDER_KEY, tx -> {
            tx.update(Sql.of(
                    "update imports set state = ?, end_time = update_time where state = ? and update_time < ?",
                    code(State.INTERRUPTED),
                    code(State.RUNNING),
                    deadBefore));
            if (byServer) {
                requireNoneRunning(tx);
            }
            tx.update(Sql.of("""
                    delete from imports where state <> ? and import_id not in (select import_id from imported_experiments)
                    and import_id <= (select max(import_id) from imports) - ?""", code(State.RUNNING), MAX_KEPT));
            return insert(tx, first, byServer);
        });
    }

    private static void requireNoneRunning(Transaction tx) throws SQLException {
        tx.queryFirst(
                        Sql.of(
                                "select source, started_by from imports where by_server = 1 and state = ?",
                                code(State.RUNNING)),
                        row -> row.getString("source") + ", started by " + row.getString("started_by"))
                .ifPresent(running -> {
                    throw new KirokuException(
                            ErrorCode.RESOURCE_CONFLICT,
                            "An import is running (" + running + "). Wait for its end, or cancel it.");
                });
    }

    private static long insert(Transaction tx, ServerImport first, boolean byServer) throws SQLException {
        return tx.insertReturningKey(
                Sql.of(
                        """
                        insert into imports (state, by_server, dry_run, source, map_experiment, rename_names, prefix, signed_in,
                        started_by, start_time, update_time, runs, points, left_in_source)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '')""",
                        code(first.state()),
                        byServer ? 1 : 0,
                        first.dryRun() ? 1 : 0,
                        first.source(),
                        lines(first.options().mapExperiment()),
                        lines(first.options().rename()),
                        first.options().prefix(),
                        first.signedIn() ? 1 : 0,
                        first.startedBy(),
                        first.startTime(),
                        first.updateTime()),
                "import_id");
    }

    @Override
    public boolean save(ServerImport current) {
        Progress progress = current.progress();
        Summary summary = current.summary();
        return database.write(WRITE_ORDER_KEY, tx -> {
            tx.update(Sql.of(
                    """
                    update imports set state = ?, description = ?, update_time = ?, end_time = ?, runs = ?, points = ?,
                    runs_total = ?, points_total = ?, message = ?, counts = ?, left_in_source = ?, problems = ?, problem_count = ?,
                    conflicts = ?, conflict_count = ? where import_id = ?""",
                    code(current.state()),
                    current.description(),
                    current.updateTime(),
                    current.endTime(),
                    progress.runs(),
                    progress.points(),
                    progress.runsTotal(),
                    progress.pointsTotal(),
                    current.message(),
                    lines(summary.counts().stream().map(SqlImportStore::line).toList()),
                    lines(summary.left()),
                    lines(summary.problems()),
                    summary.problemCount(),
                    lines(summary.conflicts()),
                    summary.conflictCount(),
                    current.importId()));
            return tx.queryLong(Sql.of("select cancel_requested from imports where import_id = ?", current.importId()))
                            .orElse(0L)
                    == 1;
        });
    }

    @Override
    public List<ServerImport> list(int maxResults) {
        return database.read(tx -> tx.queryList(
                Sql.of("select * from imports order by import_id desc limit ?", maxResults), SqlImportStore::read));
    }

    @Override
    public boolean requestCancel(long importId) {
        return database.write(
                WRITE_ORDER_KEY,
                tx -> tx.update(Sql.of(
                                "update imports set cancel_requested = 1 where import_id = ? and state = ?",
                                importId,
                                code(State.RUNNING)))
                        > 0);
    }

    @Override
    public void addExperiments(long importId, Collection<Long> experimentIds) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        experimentIds.forEach(id -> rows.add(new @Nullable Object[] {id, importId}));
        database.run(
                WRITE_ORDER_KEY,
                tx -> tx.batch(
                        tx.dialect()
                                .insertIfAbsent(
                                        "insert into imported_experiments (experiment_id, import_id) values (?, ?)"),
                        rows));
    }

    @Override
    public List<Origin> findOrigins(long experimentId) {
        return database.read(tx -> {
            Map<String, Origin> latest = new LinkedHashMap<>();
            tx.queryEach(Sql.of("""
                            select i.* from imported_experiments e join imports i on i.import_id = e.import_id
                            where e.experiment_id = ? order by i.import_id desc""", experimentId), row -> {
                ServerImport each = read(row);
                String source = each.description() == null ? each.source() : each.description();
                latest.putIfAbsent(
                        each.source(),
                        new Origin(
                                source,
                                each.startTime(),
                                each.startedBy(),
                                each.state() == State.COMPLETED,
                                each.summary().left()));
            });
            return List.copyOf(latest.values());
        });
    }

    private static ServerImport read(Row row) throws SQLException {
        return new ServerImport(
                row.getLong("import_id"),
                row.get("state", StoredEnums.IMPORT_STATE),
                row.getBoolean("dry_run"),
                row.getString("source"),
                row.getStringOrNull("description"),
                new ServerImport.Options(
                        items(row.getString("map_experiment")),
                        items(row.getString("rename_names")),
                        row.getString("prefix")),
                row.getBoolean("signed_in"),
                row.getString("started_by"),
                row.getLong("start_time"),
                row.getLong("update_time"),
                row.getLongOrNull("end_time"),
                new Progress(
                        row.getLong("runs"),
                        row.getLong("points"),
                        row.getLongOrNull("runs_total"),
                        row.getLongOrNull("points_total")),
                row.getStringOrNull("message"),
                summary(row));
    }

    private static Summary summary(Row row) throws SQLException {
        Long problems = row.getLongOrNull("problem_count");
        Long conflicts = row.getLongOrNull("conflict_count");
        return new Summary(
                items(row.getStringOrNull("counts")).stream()
                        .map(SqlImportStore::count)
                        .toList(),
                items(row.getString("left_in_source")),
                items(row.getStringOrNull("problems")),
                problems == null ? 0 : problems,
                items(row.getStringOrNull("conflicts")),
                conflicts == null ? 0 : conflicts);
    }

    private static String line(Count count) {
        return "%s %d %d %d".formatted(count.kind(), count.added(), count.updated(), count.unchanged());
    }

    private static Count count(String line) {
        String[] words = line.split(" ");
        return new Count(words[0], Long.valueOf(words[1]), Long.valueOf(words[2]), Long.valueOf(words[3]));
    }

    private static int code(State state) {
        return StoredEnums.IMPORT_STATE.encode(state);
    }

    private static String lines(List<String> items) {
        return items.stream().map(item -> item.replace('\n', ' ')).collect(Collectors.joining("\n"));
    }

    private static List<String> items(@Nullable String lines) {
        return lines == null || lines.isEmpty() ? List.of() : List.of(lines.split("\n"));
    }
}
