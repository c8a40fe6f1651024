package dev.kiroku.stores.sql;

import dev.kiroku.model.api.Page;
import dev.kiroku.stores.dialect.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Queries that return a page of an ordered result (see {@link Keyset}). */
public final class PageQuery {
    /** The number of values in one IN list. */
    private static final int CHUNK_SIZE = 500;

    private PageQuery() {}

    /**
     * Returns a page.
     *
     * @param select the SELECT clause
     * @param where the statement from FROM on; ends within its WHERE clause
     * @param token of the previous page; null or empty for the first page
     */
    public static <T> Page<T> read(
            Transaction tx,
            String select,
            Sql where,
            Keyset order,
            int maxResults,
            @Nullable String token,
            Transaction.RowMapper<T> mapper)
            throws SQLException {
        PageBuilder<T> page = new PageBuilder<>(tx, select, maxResults, token, mapper);
        page.addPart(where, order);
        return page.build();
    }

    /**
     * Returns a page of the rows that pass a test, or nothing if fewer than a fifth of the next rows do. For tests that are cheaper than a
     * condition in SQL: all rows are read in order. The first query reads enough rows for a full page if half of them pass; if fewer do,
     * others follow.
     *
     * @param where as for {@link #read}
     * @param test whether a row passes; the others are not mapped
     */
    public static <T> Optional<Page<T>> readPassing(
            Transaction tx,
            String select,
            Sql where,
            Keyset order,
            int maxResults,
            @Nullable String token,
            Transaction.RowMapper<T> mapper,
            Transaction.RowMapper<Boolean> test)
            throws SQLException {
        var page = new PassingRows<>(order, tx.pageTokens(), maxResults, mapper, test);
        String after = token == null || token.isEmpty() ? null : token;
        // The second term is four standard deviations of the number that passes.
        long limit = 2L * maxResults + 4 * (long) Math.sqrt(maxResults) + 10;
        while (limit > 0) {
            Sql query = Sql.of(select + order.columns()).add(where);
            if (after != null) {
                query.add(order.after(tx.pageTokens(), after));
            }
            page.beginPart(limit);
            tx.queryEach(query.add(order.orderBy() + " limit " + limit), page::add);
            if (page.isComplete()) {
                return Optional.of(page.build());
            }
            after = page.lastOfPart;
            limit = page.missing();
        }
        return Optional.empty();
    }

    /** A page of the rows that pass a test, from parts of a result. */
    private static final class PassingRows<T> {
        /** The greatest number of rows to read for each that passes; if fewer pass, it is faster to look those up. */
        private static final int MAX_READ_PER_PASSED = 5;

        private final Keyset order;
        private final PageTokens tokens;
        private final int maxResults;
        private final Transaction.RowMapper<T> mapper;
        private final Transaction.RowMapper<Boolean> test;
        private final List<T> rows = new ArrayList<>();
        private @Nullable String lastToken;
        private @Nullable String lastOfPart;
        private long read;
        private long endOfPart;
        private boolean hasMore;

        PassingRows(
                Keyset order,
                PageTokens tokens,
                int maxResults,
                Transaction.RowMapper<T> mapper,
                Transaction.RowMapper<Boolean> test) {
            this.order = order;
            this.tokens = tokens;
            this.maxResults = maxResults;
            this.mapper = mapper;
            this.test = test;
        }

        /** Begins a part of as many rows, or of fewer if it is the last one. */
        void beginPart(long size) {
            endOfPart = read + size;
        }

        void add(Row row) throws SQLException {
            read++;
            if (!hasMore && test.map(row)) {
                if (rows.size() == maxResults) {
                    hasMore = true;
                    return;
                }
                rows.add(mapper.map(row));
                if (rows.size() == maxResults) {
                    lastToken = order.encodeToken(tokens, row);
                }
            }
            if (read == endOfPart) {
                lastOfPart = order.encodeToken(tokens, row);
            }
        }

        boolean isComplete() {
            return hasMore || read < endOfPart;
        }

        /** Returns the number of rows to read for the rest of the page, or 0 if too few pass. */
        long missing() {
            return rows.size() * (long) MAX_READ_PER_PASSED < read
                    ? 0
                    : (maxResults + 1L - rows.size()) * read / rows.size() * 9 / 8 + 10;
        }

        Page<T> build() {
            return new Page<>(rows, hasMore ? lastToken : null);
        }
    }

    /** Builds a page from the parts of a result, one after the other, until it is full. */
    public static final class PageBuilder<T> {
        private final Transaction tx;
        private final String select;
        private final int maxResults;
        private final @Nullable String token;
        private final Transaction.RowMapper<T> mapper;
        private long skip;
        private final List<T> rows = new ArrayList<>();
        private @Nullable String lastToken;
        private boolean hasMore;

        /** @param token of the previous page; null or empty for the first page */
        public PageBuilder(
                Transaction tx,
                String select,
                int maxResults,
                @Nullable String token,
                Transaction.RowMapper<T> mapper) {
            this(tx, select, maxResults, token, 0, mapper);
        }

        /**
         * Creates a builder of a page that begins some rows after the token.
         *
         * @param token of the previous page; null or empty for the first page
         * @param skip the number of rows after the token to leave out; the database walks past them, but reads none of their columns
         */
        public PageBuilder(
                Transaction tx,
                String select,
                int maxResults,
                @Nullable String token,
                long skip,
                Transaction.RowMapper<T> mapper) {
            this.skip = skip;
            this.tx = tx;
            this.select = select;
            this.maxResults = maxResults;
            this.token = token == null || token.isEmpty() ? null : token;
            this.mapper = mapper;
        }

        /** Adds the rows of a part that follow the token, as many as the page has room for. */
        public void addPart(Sql where, Keyset order) throws SQLException {
            if (hasMore || token != null && order.isBefore(tx.pageTokens(), token)) {
                return;
            }
            Sql afterToken = new Sql().add(where);
            if (token != null) {
                afterToken.add(order.after(tx.pageTokens(), token));
            }
            Sql query = Sql.of(select + order.columns()).add(afterToken);
            // One row more than the page holds shows that there is a next page.
            query.add(order.orderBy() + " limit " + (maxResults + 1L - rows.size()));
            if (skip > 0) {
                query.add(" offset ?", skip);
            }
            boolean[] any = new boolean[1];
            tx.queryEach(query, row -> {
                any[0] = true;
                if (rows.size() == maxResults) {
                    hasMore = true;
                    return;
                }
                rows.add(mapper.map(row));
                if (rows.size() == maxResults) {
                    lastToken = order.encodeToken(tx.pageTokens(), row);
                }
            });
            if (any[0]) {
                skip = 0;
            } else if (skip > 0) {
                // All rows of this part were skipped; the rest is skipped in the next part.
                skip -= tx.queryLong(Sql.of("select count(*)").add(afterToken)).orElse(0L);
            }
        }

        /** Returns the number of rows so far. */
        public int size() {
            return rows.size();
        }

        /** Returns whether the page is full and has a next page, so that no further parts are needed. */
        public boolean isFull() {
            return hasMore;
        }

        /** Returns the page. */
        public Page<T> build() {
            return new Page<>(rows, hasMore ? lastToken : null);
        }
    }

    /** Returns a list cut into parts that are short enough for an IN list. */
    public static <T> List<List<T>> chunks(List<T> list) {
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < list.size(); from += CHUNK_SIZE) {
            chunks.add(list.subList(from, Math.min(list.size(), from + CHUNK_SIZE)));
        }
        return chunks;
    }

    /**
     * Returns a list filled up to the next power of two, so that statements over lists of any length have few texts, which can be cached.
     *
     * @param filler must not change the effect of the statement
     */
    public static <T> List<T> padToPowerOfTwo(List<T> list, T filler) {
        int size = Integer.highestOneBit(Math.max(1, 2 * list.size() - 1));
        List<T> padded = new ArrayList<>(list);
        padded.addAll(Collections.nCopies(size - list.size(), filler));
        return padded;
    }
}
