package dev.kiroku.stores.transfer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Digest of a record as a source has it: equal digests mean that the source has not changed it. */
record RecordDigest(byte[] bytes) {
    private static final int LENGTH = 16;

    /**
     * Returns the digest of values.
     *
     * @param values texts, numbers, enums, records of these, and lists, whose order counts; may be null
     */
    static RecordDigest of(@Nullable Object... values) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            add(sha, Arrays.asList(values));
            return new RecordDigest(Arrays.copyOf(sha.digest(), LENGTH));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void add(MessageDigest sha, @Nullable Object value) {
        if (value instanceof List<?> list) {
            sha.update((byte) '[');
            list.forEach(item -> add(sha, item));
            sha.update((byte) ']');
            return;
        }
        byte[] text = String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        sha.update((value == null ? "-" : text.length + ":").getBytes(StandardCharsets.UTF_8));
        sha.update(text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordDigest digest && Arrays.equals(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
