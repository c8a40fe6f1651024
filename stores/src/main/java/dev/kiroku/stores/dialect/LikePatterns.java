package dev.kiroku.stores.dialect;

import dev.kiroku.model.KirokuException;
import java.nio.charset.StandardCharsets;

/** Checks of LIKE patterns. */
final class LikePatterns {
    /** The limit of SQLite, applied to all databases. */
    private static final int MAX_BYTES = 50_000;

    private LikePatterns() {}

    /**
     * Returns the pattern.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if it is too long
     */
    static String require(String pattern) {
        int bytes = pattern.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw KirokuException.invalid(
                    "The pattern has %d bytes, but LIKE and ILIKE take at most %d. Shorten the pattern.",
                    bytes, MAX_BYTES);
        }
        return pattern;
    }
}
