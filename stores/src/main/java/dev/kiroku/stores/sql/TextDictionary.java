package dev.kiroku.stores.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of texts, each kept once and known elsewhere by its number. A text's number never changes and is never given to another, so that
 * what a cache holds is true on every server of a database.
 */
public final class TextDictionary {
    private static final int MAX_CACHED_LENGTH = 256;

    private final String table;
    private final Cache<String, Long> ids;

    /** @param table has the columns {@code id}, {@code hash} (unique) and {@code value} */
    public TextDictionary(String table, int cached) {
        this.table = table;
        this.ids = Caffeine.newBuilder().maximumSize(cached).build();
    }

    /** @return the number of each text; those that are new get one */
    public Map<String, Long> intern(Transaction tx, Collection<String> texts) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        List<String> unknown = findCached(texts, found);
        // Most of what is not at hand is new. In one order everywhere, so that two transactions that add the same texts
        // do not wait for each
        // other in a circle.
        unknown.sort(null);
        for (List<String> chunk : PageQuery.chunks(unknown)) {
            Sql insert = Sql.of("insert into " + table + " (hash, value) values ")
                    .addRows(chunk.stream()
                            .map(text -> new Object[] {hash(text), text})
                            .toList())
                    .add(" on conflict (hash) do nothing returning value, id");
            tx.queryEach(insert, row -> addFound(tx, row, found));
        }
        unknown.removeAll(found.keySet());
        select(tx, unknown, found);
        return found;
    }

    public long intern(Transaction tx, String text) throws SQLException {
        return intern(tx, List.of(text)).get(text);
    }

    /** @return the number of a text, if anything ever had it */
    public Optional<Long> find(Transaction tx, String text) throws SQLException {
        Map<String, Long> found = new HashMap<>();
        select(tx, findCached(List.of(text), found), found);
        return Optional.ofNullable(found.get(text));
    }

    /** @return what is not at hand, each once */
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

    private void select(Transaction tx, List<String> texts, Map<String, Long> found) throws SQLException {
        for (List<String> chunk : PageQuery.chunks(texts)) {
            Sql sql = Sql.of("select value, id from " + table + " where hash in ")
                    .addIn(chunk.stream().map(TextDictionary::hash).toList());
            tx.queryEach(sql, row -> addFound(tx, row, found));
        }
    }

    private void addFound(Transaction tx, ResultSet row, Map<String, Long> found) throws SQLException {
        String text = row.getString(1);
        long id = row.getLong(2);
        found.put(text, id);
        if (text.length() <= MAX_CACHED_LENGTH) {
            tx.afterCommit(() -> ids.put(text, id));
        }
    }

    /** The first half of a SHA-256: short enough for an index, long enough that two texts never share it. */
    private static byte[] hash(String text) {
        try {
            return Arrays.copyOf(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
