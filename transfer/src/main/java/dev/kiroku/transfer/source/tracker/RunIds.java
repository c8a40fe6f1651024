package dev.kiroku.transfer.source.tracker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Run IDs that follow from what a run is in its source, so that a repeated import finds the runs of the first one. */
public final class RunIds {
    private static final int LENGTH = 32;

    private RunIds() {}

    /**
     * Returns the ID of a run.
     *
     * @param parts the tracker, and what identifies the run in it
     * @return 32 hexadecimal digits, as MLflow's run IDs
     */
    public static String of(String... parts) {
        return hash(String.join("\0", parts)).substring(0, LENGTH);
    }

    static String hash(String text) {
        return hash(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the SHA-256 of bytes in hexadecimal digits. */
    public static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
