package dev.kiroku.stores.sql;

import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Dialect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Signs page tokens and verifies them, so that no token reaches a query that this server or another one on the database has not made for the
 * same search. A token is the first 16 bytes of an HMAC-SHA-256 over the search and the content, then the content. The key is in the database.
 * Immutable.
 */
public final class PageTokens {
    private static final String KEY_NAME = "page-token";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_LENGTH = 32;
    private static final int SIGNATURE_LENGTH = 16;

    private final SecretKeySpec key;

    PageTokens(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** Reads the key of a database; creates it if it is missing. */
    static PageTokens load(DataSource dataSource, Dialect dialect) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            byte[] key = findKey(connection);
            if (key == null) {
                createKey(connection, dialect);
                key = findKey(connection); // another server may have been first
            }
            if (key == null) {
                throw new SQLException("the key of page tokens is missing");
            }
            return new PageTokens(key);
        }
    }

    private static byte @Nullable [] findKey(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select value from server_keys where name = ?")) {
            select.setString(1, KEY_NAME);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getBytes("value") : null;
            }
        }
    }

    private static void createKey(Connection connection, Dialect dialect) throws SQLException {
        byte[] key = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(key);
        String insert = dialect.insertIfAbsent("insert into server_keys (name, value) values (?, ?)");
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, KEY_NAME);
            statement.setBytes(2, key);
            statement.executeUpdate();
        }
    }

    /**
     * Returns a token.
     *
     * @param search identifies the search
     */
    public String sign(String search, byte[] content) {
        byte[] token = ByteBuffer.allocate(SIGNATURE_LENGTH + content.length)
                .put(signature(search, content))
                .put(content)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /**
     * Returns the content of a token.
     *
     * @param search identifies the search
     * @throws KirokuException INVALID_PARAMETER_VALUE if the token was not made by {@link #sign} for the same search
     */
    public byte[] verify(String search, String token) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(token);
            if (bytes.length >= SIGNATURE_LENGTH) {
                byte[] content = Arrays.copyOfRange(bytes, SIGNATURE_LENGTH, bytes.length);
                byte[] signature = Arrays.copyOf(bytes, SIGNATURE_LENGTH);
                if (MessageDigest.isEqual(signature, signature(search, content))) {
                    return content;
                }
            }
        } catch (IllegalArgumentException e) {
            // not Base64
        }
        throw KirokuException.invalid(
                "Invalid page token. A token is the next_page_token of a response to the same search;"
                        + " omit it to start from the beginning.");
    }

    private byte[] signature(String search, byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] searchBytes = search.getBytes(StandardCharsets.UTF_8);
            mac.update(ByteBuffer.allocate(Integer.BYTES)
                    .putInt(searchBytes.length)
                    .array());
            mac.update(searchBytes);
            return Arrays.copyOf(mac.doFinal(content), SIGNATURE_LENGTH);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
