package dev.kiroku.transfer.artifacts;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A stream that counts and digests what is read, and fails if it ends before the expected length. */
final class DigestedStream extends FilterInputStream {
    private final MessageDigest digest = sha256();
    private final long expected;
    private final LongConsumer onRead;
    private long count;
    private @Nullable Exception failure;

    /**
     * @param expected the least number of bytes; a file that is written meanwhile may have grown
     * @param onRead is passed the length of each piece; may throw to stop
     */
    DigestedStream(InputStream in, long expected, LongConsumer onRead) {
        super(in);
        this.expected = expected;
        this.onRead = onRead;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int read = super.read(bytes, offset, length);
            if (read < 0 && count < expected) {
                throw new IOException("it ends after %d of %d bytes".formatted(count, expected));
            }
            if (read > 0) {
                digest.update(bytes, offset, read);
                count += read;
                onRead.accept(read);
            }
            return read;
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Returns the number of bytes that were read. */
    long count() {
        return count;
    }

    /** Returns why reading has failed, or was stopped; null if it was not. */
    @Nullable Exception failure() {
        return failure;
    }

    /** Returns the SHA-256 digest of what was read, in hexadecimal. To be called once. */
    String digest() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads to the end, and returns the digest. */
    String digestAll() throws IOException {
        transferTo(OutputStream.nullOutputStream());
        return digest();
    }
}
