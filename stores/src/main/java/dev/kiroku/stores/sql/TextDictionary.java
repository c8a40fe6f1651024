package dev.kiroku.stores.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kiroku.stores.dialect.Sql;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Dictionary encoding of texts: a table that holds each text once, and whose ids other tables store. The id of a text never changes and is
 * never reused, so that the cache is valid on every server of a database. Thread-safe.
 */
public final class TextDictionary {
    private static final int MAX_CACHED_LENGTH = 256;

    private final String table;
    private final Cache<String, Long> ids;

    /**
     * Creates the dictionary of a table.
     *
     * @param table has the columns {@code id}, {@code hash} (unique) and {@code value}
     * @param cacheSize the number of texts whose ids are cached
     */
    public TextDictionary(String table, int cacheSize) {
        this.table = table;
        this.ids = Caffeine.newBuilder().maximumSize(cacheSize).build();
    }

    /** Returns the id of each text; adds those that are missing. */
    public Map<String, Long> intern(Transaction tx, Collection<String> texts) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        List<String> unknown = findCached(texts, found);
        // Most texts that are not cached are new. Sorted, so that two transactions that add the same texts do not
        // deadlock.
        unknown.sort(null);
        for (List<String> chunk : PageQuery.chunks(unknown)) {
            insert(tx, chunk, found);
        }
        unknown.removeAll(found.keySet());
        select(tx, unknown, found);
        return found;
    }

    /** Returns the id of a text; adds the text if it is missing. */
    public long intern(Transaction tx, String text) throws SQLException {
        Long id = intern(tx, List.of(text)).get(text);
        if (id == null) {
            throw new IllegalStateException("a text that was inserted is missing in " + table);
        }
        return id;
    }

    /** Returns the id of a text, or empty if the table does not have it. */
    public Optional<Long> find(Transaction tx, String text) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        select(tx, findCached(List.of(text), found), found);
        return Optional.ofNullable(found.get(text));
    }

    /** Adds cached ids to {@code found}; returns the distinct other texts. */
    private List<String> findCached(Collection<String> texts, Map<String, Long> found) {
        List<String> unknown = new ArrayList<>();
        for (String text : new LinkedHashSet<>(texts)) {
            Long id = ids.getIfPresent(text);
            if (id == null) {
                unknown.add(text);
            } else {
                found.put(text, id);
            }
        }
        return unknown;
    }

    /** Inserts texts that are missing; adds to {@code found} the ids that the database returns. */
    private void insert(Transaction tx, List<String> texts, Map<String, Long> found) throws SQLException {
        Sql insert = Sql.of("insert into " + table + " (hash, value) values ")
                .addRows(texts.stream()
                        .map(text -> new @Nullable Object[] {hash(text), text})
                        .toList());
        Sql ifAbsent = Sql.of(
                tx.dialect().insertIfAbsent(insert.text()), insert.parameters().toArray());
        if (tx.dialect().supportsReturning()) {
            tx.insertReturning(ifAbsent, "value, id", row -> addFound(tx, row, found));
        } else {
            tx.update(ifAbsent);
        }
    }

    private void select(Transaction tx, List<String> texts, Map<String, Long> found) throws SQLException {
        for (List<String> chunk : PageQuery.chunks(texts)) {
            Sql query = Sql.of("select value, id from " + table + " where hash in ")
                    .addIn(chunk.stream().map(TextDictionary::hash).toList());
            tx.queryEach(query, row -> addFound(tx, row, found));
        }
    }

    private void addFound(Transaction tx, Row row, Map<String, Long> found) throws SQLException {
        String text = row.getString("value");
        long id = row.getLong("id");
        found.put(text, id);
        if (text.length() <= MAX_CACHED_LENGTH) {
            tx.afterCommit(() -> ids.put(text, id));
        }
    }

    /** Returns the first half of a SHA-256: short enough for an index, long enough that no two texts share it. */
    private static byte[] hash(String text) {
        try {
            return Arrays.copyOf(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
