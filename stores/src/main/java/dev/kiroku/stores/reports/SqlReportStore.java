package dev.kiroku.stores.reports;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.CanonicalJson;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.reports.ReportStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.reports.Report;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VisibilityCondition;
import dev.kiroku.stores.sql.VisibilityCondition.ResourceTable;
import dev.kiroku.stores.users.ResourceGrants;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reports in SQL. */
public final class SqlReportStore implements ReportStore {
    private static final String WRITE_ORDER_KEY = "reports";
    private static final String NEWEST = """
            select r.report_id, r.title, null as content, r.version, r.author, r.creation_time, r.last_update_time,
            r.report_key""";
    private static final String VERSION = """
            select r.report_id, v.title, null as content, v.version, v.author, r.creation_time,
            v.at as last_update_time, r.report_key""";
    private static final String WITH_CONTENT = VERSION.replace("null as content", "v.content");
    private static final String VERSIONS =
            " from reports r join report_versions v on v.report_key = r.report_key where r.report_id = ?";

    private final Database database;
    private final SqlAuditLog audit;

    /** Creates the store of a database. */
    public SqlReportStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    /**
     * A report or a version of it.
     *
     * @param key the report's key in other tables
     */
    private record ReportRow(Report report, long key) {
        static ReportRow of(Row row) throws SQLException {
            return new ReportRow(
                    new Report(
                            row.getString("report_id"),
                            row.getString("title"),
                            row.getStringOrNull("content"),
                            row.getLong("version"),
                            row.getString("author"),
                            row.getLong("creation_time"),
                            row.getLong("last_update_time")),
                    row.getLong("report_key"));
        }
    }

    @Override
    public Report create(String id, String title, String content, ChangeContext change) {
        return database.write(WRITE_ORDER_KEY, tx -> {
            String author = change.caller().name();
            tx.update(Sql.of("""
                    insert into reports (report_id, title, version, author, creation_time, last_update_time)
                    values (?, ?, 0, ?, ?, ?)""", id, title, author, change.timestamp(), change.timestamp()));
            long key = tx.queryFirst(
                            Sql.of("select report_key from reports where report_id = ?", id),
                            row -> row.getLong("report_key"))
                    .orElseThrow();
            Report created = new Report(id, title, content, 1L, author, change.timestamp(), change.timestamp());
            insertVersion(tx, key, created);
            ResourceGrants.addCreator(tx, change.caller(), ResourceType.REPORT, id, change.timestamp());
            audit.append(tx, AuditEvent.of(change, "report.create", subject(id), null, null, auditContent(created)));
            return created;
        });
    }

    @Override
    public Report get(String id, @Nullable Long version) {
        return database.read(tx -> {
            Sql sql = Sql.of(WITH_CONTENT + VERSIONS, id);
            if (version == null) {
                sql.add(" and v.version = r.version");
            } else {
                sql.add(" and v.version = ?", version);
            }
            return tx.queryFirst(sql, ReportRow::of)
                    .map(ReportRow::report)
                    .orElseThrow(() -> reportNotFound(id, version));
        });
    }

    @Override
    public Page<Report> search(String titlePart, VisibleResources visible, int maxResults, @Nullable String pageToken) {
        Sql where = Sql.of(" from reports r where ")
                .add(VisibilityCondition.of(visible, ResourceTable.REPORTS, "r.report_key", database.dialect()));
        if (!titlePart.isEmpty()) {
            where.add(" and ").add(database.dialect().ilike("r.title", "%" + titlePart + "%"));
        }
        Keyset order = new Keyset("reports " + titlePart)
                .addKey("r.last_update_time", Keyset.ValueType.LONG, false)
                .addKey("r.report_key", Keyset.ValueType.LONG, false);
        return database.read(tx -> PageQuery.read(tx, NEWEST, where, order, maxResults, pageToken, ReportRow::of))
                .map(ReportRow::report);
    }

    @Override
    public Page<Report> listVersions(String id, int maxResults, @Nullable String pageToken) {
        Keyset order = new Keyset("versions of report " + id).addKey("v.version", Keyset.ValueType.LONG, false);
        Page<Report> page = database.read(tx ->
                        PageQuery.read(tx, VERSION, Sql.of(VERSIONS, id), order, maxResults, pageToken, ReportRow::of))
                .map(ReportRow::report);
        if (page.items().isEmpty()) {
            throw reportNotFound(id, null);
        }
        return page;
    }

    @Override
    public Report update(
            String id, @Nullable String title, @Nullable String content, long expected, ChangeContext change) {
        return database.write(WRITE_ORDER_KEY, tx -> {
            ReportRow before = lockNewest(tx, id, expected);
            Report old = before.report();
            String newTitle = title == null ? old.title() : title;
            String oldContent = requireContent(old);
            String newContent = content == null ? oldContent : content;
            if (newTitle.equals(old.title()) && newContent.equals(oldContent)) {
                return old;
            }
            Report next = new Report(
                    id,
                    newTitle,
                    newContent,
                    expected + 1,
                    change.caller().name(),
                    old.creationTimestamp(),
                    change.timestamp());
            insertVersion(tx, before.key(), next);
            audit.append(
                    tx,
                    AuditEvent.of(change, "report.update", subject(id), null, auditContent(old), auditContent(next)));
            return next;
        });
    }

    @Override
    public void delete(String id, long expected, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            ReportRow before = lockNewest(tx, id, expected);
            tx.update(Sql.of("delete from report_versions where report_key = ?", before.key()));
            tx.update(Sql.of("delete from reports where report_key = ?", before.key()));
            ResourceGrants.delete(tx, ResourceType.REPORT, id);
            audit.append(
                    tx, AuditEvent.of(change, "report.delete", subject(id), null, auditContent(before.report()), null));
        });
    }

    /** Returns the newest version of a report that no other transaction can change until this one ends. */
    private static ReportRow lockNewest(Transaction tx, String id, long expected) throws SQLException {
        long newest = tx.queryFirst(
                        Sql.of(
                                "select version from reports where report_id = ?"
                                        + tx.dialect().forUpdate(),
                                id),
                        row -> row.getLong("version"))
                .orElseThrow(() -> reportNotFound(id, null));
        ReportRow row = tx.queryFirst(Sql.of(WITH_CONTENT + VERSIONS + " and v.version = ?", id, newest), ReportRow::of)
                .orElseThrow();
        if (newest != expected) {
            throw new KirokuException(
                    ErrorCode.RESOURCE_CONFLICT,
                    "The report was changed by " + row.report().author() + " since version " + expected
                            + ": it is at version " + newest + ". Read that version, and repeat the change.");
        }
        return row;
    }

    private static void insertVersion(Transaction tx, long key, Report report) throws SQLException {
        tx.update(Sql.of(
                """
                insert into report_versions (report_key, version, title, content, author, at)
                values (?, ?, ?, ?, ?, ?)""",
                key,
                report.version(),
                report.title(),
                report.content(),
                report.author(),
                report.lastUpdateTimestamp()));
        tx.update(Sql.of(
                "update reports set title = ?, version = ?, author = ?, last_update_time = ? where report_key = ?",
                report.title(),
                report.version(),
                report.author(),
                report.lastUpdateTimestamp(),
                key));
    }

    /** Returns what the audit log keeps of a version: the hash of the content instead of the content. */
    private static Map<String, Object> auditContent(Report report) {
        return Map.of(
                "title",
                report.title(),
                "version",
                report.version(),
                "sha256",
                CanonicalJson.digest(requireContent(report)));
    }

    /** Returns the content of a version that was read with it. */
    private static String requireContent(Report report) {
        return Objects.requireNonNull(report.content());
    }

    private static String subject(String id) {
        return "reports/" + id;
    }

    private static KirokuException reportNotFound(String id, @Nullable Long version) {
        return version == null
                ? notFound("Report with id '%s' not found.", id)
                : notFound("Report with id '%s' has no version %d.", id, version);
    }
}
