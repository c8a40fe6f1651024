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

/**
 * The audit log in SQL. The log's end is a row of its own: it is locked by whoever appends, so that the chain is one line however many
 * servers write to it, and it remembers how long the log was when somebody deletes its last rows.
 */
public final class SqlAuditLog implements AuditStore, Transaction.DeferredWriter<AuditEvent> {
    private static final String INSERT =
            "insert into audit_log (seq, at, actor, request_id, action, subject, model, before_json, after_json,"
                    + " previous, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String COLUMNS =
            "select seq, at, actor, request_id, action, subject, model, before_json, after_json, previous, hash";

    private final Database database;

    public SqlAuditLog(Database database) {
        this.database = database;
    }

    /**
     * Adds an entry to a transaction under way: it is kept if and only if the transaction is.
     *
     * <p>Entries are written as the transaction's last act: until then it holds the locks of what it changes and not yet the one that all
     * writers share, so that nobody waits for it longer than a commit takes, and no two wait for each other.
     */
    public void append(Transaction tx, AuditEvent entry) {
        tx.defer(this, entry);
    }

    /** How many entries there are, if it is known: as long as that is the same, nothing has changed that is logged. */
    public Optional<Long> countEntries(Transaction tx) throws SQLException {
        return tx.queryFirst(Sql.of("select entries from audit_head where id = 1"), row -> row.getLong(1));
    }

    /** Keeps others from appending until the transaction ends: for what can only be done by one at a time on all servers. */
    public void lock(Transaction tx) throws SQLException {
        getHead(tx, tx.dialect().forUpdate());
    }

    @Override
    public void write(Transaction tx, List<AuditEvent> drafts) throws SQLException {
        AuditApi.AuditLogHead end = getHead(tx, tx.dialect().forUpdate());
        List<Object[]> rows = new ArrayList<>(drafts.size());
        for (AuditEvent draft : drafts) {
            AuditEntry e = HashChain.append(end, draft);
            rows.add(new Object[] {
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
            end = new AuditApi.AuditLogHead(e.seq(), e.hash());
        }
        tx.batch(INSERT, rows);
        tx.update(Sql.of("update audit_head set entries = ?, hash = ? where id = 1", end.count(), end.hash()));
    }

    @Override
    public AuditApi.AuditLogHead getHead() {
        return database.read(tx -> getHead(tx, ""));
    }

    private static AuditApi.AuditLogHead getHead(Transaction tx, String lock) throws SQLException {
        return tx.queryFirst(
                        Sql.of("select entries, hash from audit_head where id = 1" + lock),
                        row -> new AuditApi.AuditLogHead(row.getLong(1), row.getString(2)))
                .orElseThrow(
                        () -> new KirokuException(
                                ErrorCode.INTERNAL_ERROR,
                                "The end of the audit log is missing from the table audit_head, so that nothing can be changed."));
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
            // All that begin with "alias." stand between it and "alias/", the next character.
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

    private static void addEqual(Sql where, String column, String value) {
        if (value != null && !value.isEmpty()) {
            where.add(" and " + column + " = ?", value);
        }
    }

    private static AuditEntry entry(Row row) throws SQLException {
        return new AuditEntry(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11));
    }
}
