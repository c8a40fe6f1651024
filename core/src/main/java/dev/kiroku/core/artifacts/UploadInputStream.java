package dev.kiroku.core.artifacts;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of an upload. Fails if they are fewer than the client announced, and records whether the client or its connection failed, as
 * opposed to the store.
 */
final class UploadInputStream extends InputStream {
    private final InputStream in;
    private final long length;
    private long read;
    private boolean clientFailed;

    /** @param length the number of bytes that the client announced, or -1 */
    UploadInputStream(InputStream in, long length) {
        this.in = in;
        this.length = length;
    }

    /** Returns whether reading has failed. */
    boolean hasClientFailed() {
        return clientFailed;
    }

    @Override
    public int read() throws IOException {
        byte[] single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int n;
        try {
            n = in.read(bytes, offset, count);
        } catch (IOException | RuntimeException e) {
            clientFailed = true;
            throw new IOException("the connection of the upload broke after " + read + " bytes", e);
        }
        if (n < 0 && length >= 0 && read != length) {
            clientFailed = true;
            throw new EOFException("the upload ended after " + read + " of " + length + " bytes");
        }
        read += Math.max(n, 0);
        return n;
    }
}
