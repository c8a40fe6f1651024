package dev.kiroku.stores.audit;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.HashChain;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The audit log in SQL. The head of the log is a row of its own. Each transaction that appends locks it, so that
 * entries of all servers form one chain, and it records the length of the log, so that deletion of the last entries is
 * detected.
 */
public final class SqlAuditLog implements AuditStore, Transaction.DeferredWriter<AuditEvent> {
    private static final String INSERT = """
            insert into audit_log (seq, at, actor, request_id, action, subject, model, before_json, after_json,
            previous, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String COLUMNS =
            "select seq, at, actor, request_id, action, subject, model, before_json, after_json, previous, hash";

    private final Database database;

    /** Creates the log of a database. */
    public SqlAuditLog(Database database) {
        this.database = database;
    }

    /**
     * Appends an entry in a transaction.
     *
     * <p>Entries are written at the end of the transaction: until then it holds only the locks of what it changes, and
     * not that of the head, which all writers share. So no writer holds that lock for longer than a commit, and writers
     * cannot deadlock on it.
     */
    public void append(Transaction tx, AuditEvent event) {
        tx.defer(this, event);
    }

    /**
     * Returns the number of entries, or empty if the head is missing. While it is unchanged, nothing that is logged has
     * changed.
     */
    public Optional<Long> countEntries(Transaction tx) throws SQLException {
        return tx.queryFirst(Sql.of("select entries from audit_head where id = 1"), row -> row.getLong("entries"));
    }

    /** Locks the log until the transaction ends: for changes that must not run concurrently, on any server. */
    public void lock(Transaction tx) throws SQLException {
        getHead(tx, tx.dialect().forUpdate());
    }

    /** Writes the entries of a transaction at its end. */
    @Override
    public void write(Transaction tx, List<AuditEvent> events) throws SQLException {
        AuditApi.AuditLogHead head = getHead(tx, tx.dialect().forUpdate());
        List<@Nullable Object[]> rows = new ArrayList<>(events.size());
        for (AuditEvent event : events) {
            AuditEntry e = HashChain.append(head, event);
            rows.add(new @Nullable Object[] {
                e.seq(),
                e.at(),
                e.actor(),
                e.requestId(),
                e.action(),
                e.subject(),
                e.model(),
                e.before(),
                e.after(),
                e.previous(),
                e.hash()
            });
            head = new AuditApi.AuditLogHead(e.seq(), e.hash());
        }
        tx.batch(INSERT, rows);
        tx.update(Sql.of("update audit_head set entries = ?, hash = ? where id = 1", head.count(), head.hash()));
    }

    @Override
    public AuditApi.AuditLogHead getHead() {
        return database.read(tx -> getHead(tx, ""));
    }

    private static AuditApi.AuditLogHead getHead(Transaction tx, String lock) throws SQLException {
        return tx.queryFirst(
                        Sql.of("select entries, hash from audit_head where id = 1" + lock),
                        row -> new AuditApi.AuditLogHead(row.getLong("entries"), row.getString("hash")))
                .orElseThrow(
                        () -> new KirokuException(
                                ErrorCode.INTERNAL_ERROR,
                                "The table audit_head, which holds the head of the audit log, has no row. Nothing can be changed until it is restored from a backup."));
    }

    @Override
    public void append(List<AuditEvent> events) {
        database.run("audit", tx -> events.forEach(event -> append(tx, event)));
    }

    @Override
    public Page<AuditEntry> search(AuditApi.SearchAuditLogRequest query, int maxResults) {
        boolean ascending = Boolean.TRUE.equals(query.ascending());
        Keyset order = new Keyset("audit " + List.of(ascending, filters(query).toString()))
                .addKey("seq", Keyset.ValueType.LONG, ascending);
        return database.read(tx ->
                PageQuery.read(tx, COLUMNS, filters(query), order, maxResults, query.pageToken(), SqlAuditLog::entry));
    }

    private static Sql filters(AuditApi.SearchAuditLogRequest query) {
        Sql where = Sql.of(" from audit_log where 1 = 1");
        addEqual(where, "actor", query.actor());
        addEqual(where, "model", query.model());
        addEqual(where, "subject", query.subject());
        if (query.action() != null && !query.action().isEmpty()) {
            // Actions that start with "alias." sort before "alias/", because "/" follows ".".
            where.add(
                    " and (action = ? or action > ? and action < ?)",
                    query.action(),
                    query.action() + ".",
                    query.action() + "/");
        }
        if (query.from() != null) {
            where.add(" and at >= ?", query.from());
        }
        if (query.to() != null) {
            where.add(" and at < ?", query.to());
        }
        return where;
    }

    private static void addEqual(Sql where, String column, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            where.add(" and " + column + " = ?", value);
        }
    }

    private static AuditEntry entry(Row row) throws SQLException {
        return new AuditEntry(
                row.getLong("seq"),
                row.getLong("at"),
                row.getString("actor"),
                row.getString("request_id"),
                row.getString("action"),
                row.getString("subject"),
                row.getStringOrNull("model"),
                row.getStringOrNull("before_json"),
                row.getStringOrNull("after_json"),
                row.getString("previous"),
                row.getString("hash"));
    }
}
