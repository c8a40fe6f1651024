package dev.kiroku.stores.sql;

import dev.kiroku.model.api.Page;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads a page of an ordered search. */
public final class Pages {
    /** As many values as are put into one IN list. */
    private static final int CHUNK = 500;

    private Pages() {}

    /**
     * @param select the columns
     * @param where from FROM on, with a WHERE in it
     * @param token null for the first page
     */
    public static <T> Page<T> read(Tx tx, String select, Sql where, Keyset order, int maxResults, String token, Tx.Row<T> row)
            throws SQLException {
        Sql sql = Sql.of(select + order.columns()).add(where);
        if (token != null && !token.isEmpty()) {
            sql.add(order.after(token));
        }
        sql.add(order.orderBy() + " limit " + (maxResults + 1L));
        List<T> rows = new ArrayList<>();
        List<String> tokens = new ArrayList<>(1);
        tx.each(sql, r -> {
            // One row more than asked for tells that there is a next page; the last one of this page is where it begins.
            if (rows.size() < maxResults) {
                rows.add(row.read(r));
            }
            if (tokens.isEmpty() && rows.size() == maxResults) {
                tokens.add(order.token(r));
            } else if (tokens.size() == 1) {
                tokens.add("there is more");
            }
        });
        return new Page<>(rows, tokens.size() > 1 ? tokens.getFirst() : null);
    }

    /** Cuts a list into pieces that are short enough for an IN list. */
    public static <T> List<List<T>> chunks(List<T> all) {
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += CHUNK) {
            chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK)));
        }
        return chunks;
    }
}
