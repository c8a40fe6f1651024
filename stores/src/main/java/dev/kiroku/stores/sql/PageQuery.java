package dev.kiroku.stores.sql;

import dev.kiroku.model.api.Page;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads a page of an ordered search. */
public final class PageQuery {
    /** As many values as are put into one IN list. */
    private static final int CHUNK_SIZE = 500;

    private PageQuery() {}

    /**
     * @param select the columns
     * @param where from FROM on, with a WHERE in it
     * @param token null for the first page
     */
    public static <T> Page<T> read(
            Transaction tx,
            String select,
            Sql where,
            Keyset order,
            int maxResults,
            String token,
            Transaction.RowMapper<T> row)
            throws SQLException {
        PageBuilder<T> page = new PageBuilder<>(tx, select, maxResults, token, row);
        page.addPart(where, order);
        return page.build();
    }

    /** A page that is filled from the parts of a result, one after the other, until it is full. */
    public static final class PageBuilder<T> {
        private final Transaction tx;
        private final String select;
        private final int maxResults;
        private final String token;
        private final Transaction.RowMapper<T> mapper;
        private long skip;
        private final List<T> rows = new ArrayList<>();
        private String lastToken;
        private boolean hasMore;

        /** @param token of the page before, or null */
        public PageBuilder(Transaction tx, String select, int maxResults, String token, Transaction.RowMapper<T> row) {
            this(tx, select, maxResults, token, 0, row);
        }

        /** @param skip how many rows behind the token are left out: the database passes by each of them, though it reads none of their columns */
        public PageBuilder(
                Transaction tx, String select, int maxResults, String token, long skip, Transaction.RowMapper<T> row) {
            this.skip = skip;
            this.tx = tx;
            this.select = select;
            this.maxResults = maxResults;
            this.token = token == null || token.isEmpty() ? null : token;
            this.mapper = row;
        }

        /** Adds what a part has behind the token, as far as there is room. */
        public void addPart(Sql where, Keyset order) throws SQLException {
            if (hasMore || token != null && order.isBefore(token)) {
                return;
            }
            Sql behind = new Sql().add(where);
            if (token != null) {
                behind.add(order.after(token));
            }
            Sql sql = Sql.of(select + order.columns()).add(behind);
            sql.add(order.orderBy() + " limit " + (maxResults + 1L - rows.size()));
            if (skip > 0) {
                sql.add(" offset ?", skip);
            }
            boolean[] any = new boolean[1];
            tx.queryEach(sql, r -> {
                any[0] = true;
                // One row more than asked for tells that there is a next page; the last one of this page is where it
                // begins.
                if (rows.size() == maxResults) {
                    hasMore = true;
                    return;
                }
                rows.add(mapper.map(r));
                if (rows.size() == maxResults) {
                    lastToken = order.encodeToken(r);
                }
            });
            if (any[0]) {
                skip = 0;
            } else if (skip > 0) {
                // All of this part is left out; the next part does so with the rest.
                skip -= tx.queryFirst(Sql.of("select count(*)").add(behind), r -> r.getLong(1))
                        .orElse(0L);
            }
        }

        /** How many rows have been found. */
        public int size() {
            return rows.size();
        }

        /** Whether there is no need for further parts. */
        public boolean isFull() {
            return hasMore;
        }

        public Page<T> build() {
            return new Page<>(rows, hasMore ? lastToken : null);
        }
    }

    /** Cuts a list into pieces that are short enough for an IN list. */
    public static <T> List<List<T>> chunks(List<T> all) {
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += CHUNK_SIZE) {
            chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK_SIZE)));
        }
        return chunks;
    }

    /**
     * Fills a list up to the next power of two: statements over lists of any length then have few texts, and can be prepared once.
     *
     * @param filler changes nothing of what the statement does
     */
    public static <T> List<T> padToPowerOfTwo(List<T> some, T filler) {
        int wanted = Integer.highestOneBit(Math.max(1, 2 * some.size() - 1));
        List<T> all = new ArrayList<>(some);
        all.addAll(Collections.nCopies(wanted - some.size(), filler));
        return all;
    }
}
