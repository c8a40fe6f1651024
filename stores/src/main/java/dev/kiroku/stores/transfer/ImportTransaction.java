package dev.kiroku.stores.transfer;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of a batch: reads as usual, and writes unless it is only a check.
 *
 * @param checkOnly whether to write nothing
 */
record ImportTransaction(Transaction tx, boolean checkOnly, TransferResult.Builder result) {
    void update(Sql statement) throws SQLException {
        if (!checkOnly) {
            tx.update(statement);
        }
    }

    void batch(String statement, List<@Nullable Object[]> rows) throws SQLException {
        if (!checkOnly) {
            tx.batch(statement, rows);
        }
    }

    void insertIfAbsent(String insert, List<@Nullable Object[]> rows) throws SQLException {
        batch(tx.dialect().insertIfAbsent(insert), rows);
    }

    /** Returns the digests of the records that an import has brought, by id. */
    Map<String, RecordDigest> findDigests(RecordKind kind, Collection<String> ids) throws SQLException {
        Map<String, RecordDigest> digests = new HashMap<>();
        for (List<String> chunk : PageQuery.chunks(List.copyOf(ids))) {
            tx.queryEach(
                    Sql.of(
                                    "select id, digest from imported_records where kind = ? and id in ",
                                    StoredEnums.RECORD_KIND.encode(kind))
                            .addIn(chunk),
                    row -> digests.put(row.getString("id"), new RecordDigest(row.getBytes("digest"))));
        }
        return digests;
    }

    /** Remembers records as the source has them. */
    void putDigests(RecordKind kind, Map<String, RecordDigest> digests) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>(digests.size());
        digests.forEach((id, digest) ->
                rows.add(new @Nullable Object[] {StoredEnums.RECORD_KIND.encode(kind), id, digest.bytes()}));
        batch(
                tx.dialect()
                        .upsert(
                                "insert into imported_records (kind, id, digest) values (?, ?, ?)",
                                "kind, id",
                                "digest"),
                rows);
    }
}
