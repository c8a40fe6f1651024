package dev.kiroku.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Limits the memory that request bodies take. Only bytes that have arrived count, so that clients that announce bodies and do not send them
 * take nothing away from others. Small and large bodies have a {@link FairShare} each, so that large bodies do not keep small ones out. A
 * single large body may exceed its share if there is no other one. Thread-safe.
 */
public final class BodyBudget {
    /** Not counted: the buffers of a connection are larger. Most requests are not, so that they do not contend for the counters. */
    private static final int UNCOUNTED_BYTES = 8 << 10;

    private static final int GROWTH = 4;

    /** There is no memory for a body at present. */
    public static final class ExhaustedException extends IOException {
        ExhaustedException() {
            super("no memory for the request's body");
        }
    }

    private final int smallBodyBytes;
    private final FairShare small;
    private final FairShare large;

    /**
     * Creates a budget that is not used.
     *
     * @param shareBytes the limit of all small bodies, and of all large bodies
     * @param smallBodyBytes the size up to which a body is small
     */
    public BodyBudget(long shareBytes, int smallBodyBytes) {
        this.smallBodyBytes = smallBodyBytes;
        this.small = new FairShare(shareBytes);
        this.large = new FairShare(shareBytes);
    }

    /** Opens a reservation of no bytes for a client. */
    public Reservation open(ClientKey client) {
        return new Reservation(client);
    }

    /** Returns the bytes that are reserved. */
    public long reservedBytes() {
        return small.used() + large.used();
    }

    /** The memory of one body, until it is closed. Used by one thread. */
    public final class Reservation implements AutoCloseable {
        private final ClientKey client;
        private FairShare share = small;
        private long bytes;

        private Reservation(ClientKey client) {
            this.client = client;
        }

        /** Adds bytes. Returns false if the budget does not allow it. */
        public boolean add(long count) {
            if (share == small && bytes + count > smallBodyBytes) {
                if (!acquire(large, bytes + count, 0)) {
                    return false;
                }
                small.release(client, bytes);
                share = large;
            } else if (!acquire(share, count, bytes)) {
                return false;
            }
            bytes += count;
            return true;
        }

        private boolean acquire(FairShare from, long count, long own) {
            return from.tryAcquire(client, count) || from == large && from.tryAcquireAlone(client, count, own);
        }

        private void remove(long count) {
            share.release(client, count);
            bytes -= count;
        }

        /**
         * Reads a body into memory, which is reserved as the bytes arrive.
         *
         * @param announced the announced length, or -1
         * @param limit the number of bytes after which no more are read
         * @throws ExhaustedException if the budget does not allow it
         */
        public byte[] readUpTo(InputStream in, long announced, int limit) throws IOException {
            int expected = announced < 0 ? limit : (int) Math.min(announced, limit);
            byte[] body = new byte[Math.min(expected, UNCOUNTED_BYTES)];
            int size = in.readNBytes(body, 0, body.length);
            while (size == body.length && size < expected) {
                int capacity = (int) Math.min(expected, (long) size * GROWTH);
                if (!add(capacity)) {
                    throw new ExhaustedException();
                }
                byte[] larger = Arrays.copyOf(body, capacity);
                if (size > UNCOUNTED_BYTES) {
                    remove(size);
                }
                body = larger;
                size += in.readNBytes(body, size, capacity - size);
            }
            return size == body.length ? body : Arrays.copyOf(body, size);
        }

        @Override
        public void close() {
            if (bytes > 0) {
                remove(bytes);
            }
        }
    }
}
