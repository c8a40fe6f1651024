package dev.kiroku.server.http;

import dev.kiroku.http.BodyBudget;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * The body of a request, which can be read once: into memory, or as a stream. Either way it counts against the limits of memory. Used by one
 * thread.
 */
public final class RequestBody {
    /** Memory for a body that is passed on while it arrives. */
    private static final int STREAM_BYTES = 64 << 10;

    private final InputStream in;
    private final long length;
    private final BodyBudget.Reservation memory;

    /**
     * Creates a body.
     *
     * @param length the announced length in bytes, 0 if there is no body, or -1 if it is unknown
     * @param memory the caller closes it when the request has been answered
     */
    public RequestBody(InputStream in, long length, BodyBudget.Reservation memory) {
        this.in = in;
        this.length = length;
        this.memory = memory;
    }

    /** Returns the announced length in bytes, 0 if there is no body, or -1 if it is unknown. */
    public long length() {
        return length;
    }

    /**
     * Reads the body, at most {@code limit} bytes of it.
     *
     * @throws KirokuException with {@code RESOURCE_EXHAUSTED} if there is no memory for it
     */
    public byte[] readUpTo(int limit) throws IOException {
        return read(in, length, limit);
    }

    /** Reads the body, which is compressed with gzip, at most {@code limit} decompressed bytes; otherwise as {@link #readUpTo}. */
    public byte[] gunzipUpTo(int limit) throws IOException {
        return read(new GZIPInputStream(in), -1, limit);
    }

    private byte[] read(InputStream from, long announced, int limit) throws IOException {
        try {
            return memory.readUpTo(from, announced, limit);
        } catch (BodyBudget.ExhaustedException e) {
            throw exhausted();
        }
    }

    /**
     * Returns the body as a stream, for a reader that keeps no more than a small part of it in memory.
     *
     * @throws KirokuException as {@link #readUpTo}
     */
    public InputStream stream() {
        if (!memory.add(STREAM_BYTES)) {
            throw exhausted();
        }
        return in;
    }

    private static KirokuException exhausted() {
        return new KirokuException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "The server has no memory for further request bodies; nothing was done. Try again in a few seconds.");
    }
}
