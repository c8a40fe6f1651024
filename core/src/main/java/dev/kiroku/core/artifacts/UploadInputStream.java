package dev.kiroku.core.artifacts;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** What a client sends: it must be as long as the client said, and remembers whether it was the client that failed. */
final class UploadInputStream extends InputStream {
    private final InputStream in;
    private final long length;
    private long read;
    private boolean clientFailed;

    /** @param length bytes that must come, or -1 when the client did not say */
    UploadInputStream(InputStream in, long length) {
        this.in = in;
        this.length = length;
    }

    /** Whether the client's bytes broke off, so that nothing is to be blamed on the store. */
    boolean hasClientFailed() {
        return clientFailed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int got;
        try {
            got = in.read(bytes, offset, count);
        } catch (IOException | RuntimeException e) {
            clientFailed = true;
            throw new IOException("the upload broke off after " + read + " bytes", e);
        }
        if (got < 0 && length >= 0 && read != length) {
            clientFailed = true;
            throw new EOFException("the upload ended after " + read + " of " + length + " bytes");
        }
        read += Math.max(got, 0);
        return got;
    }
}
