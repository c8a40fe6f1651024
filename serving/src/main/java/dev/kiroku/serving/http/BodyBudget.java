package dev.kiroku.serving.http;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the memory that request bodies take. Only bytes that have arrived count, so that clients that announce bodies and do not send them
 * take nothing away from others. Small and large bodies have separate shares, so that large bodies do not keep small ones out. While several
 * addresses use a share, each may use half of it. A single large body may exceed its share if there is no other one. Thread-safe.
 */
final class BodyBudget {
    private final int smallBodyBytes;
    private final Share small;
    private final Share large;

    /**
     * Creates a budget that is not used.
     *
     * @param shareBytes the limit of all small bodies, and of all large bodies
     * @param smallBodyBytes the size up to which a body is small
     */
    BodyBudget(long shareBytes, int smallBodyBytes) {
        this.smallBodyBytes = smallBodyBytes;
        this.small = new Share(shareBytes);
        this.large = new Share(shareBytes);
    }

    /** Opens a reservation of no bytes for a client. */
    Reservation open(InetAddress address) {
        return new Reservation(address);
    }

    /** The bytes of one body, until it is closed. Used by one thread. */
    final class Reservation implements AutoCloseable {
        private final InetAddress address;
        private Share share = small;
        private long bytes;

        private Reservation(InetAddress address) {
            this.address = address;
        }

        /** Adds bytes. Returns false if the budget does not allow it. */
        boolean add(int count) {
            if (share == small && bytes + count > smallBodyBytes) {
                if (!large.add(address, bytes + count, 0)) {
                    return false;
                }
                small.remove(address, bytes);
                share = large;
            } else if (!share.add(address, count, bytes)) {
                return false;
            }
            bytes += count;
            return true;
        }

        @Override
        public void close() {
            share.remove(address, bytes);
            bytes = 0;
        }
    }

    private static final class Share {
        private final long maxBytes;
        private final Map<InetAddress, Long> usedByAddress = new HashMap<>();
        private long used;

        Share(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        /**
         * Adds bytes, if the limits allow it.
         *
         * @param own the bytes that the same body uses already
         */
        synchronized boolean add(InetAddress address, long count, long own) {
            long ofAddress = usedByAddress.getOrDefault(address, 0L);
            boolean onlyBody = used == own;
            boolean onlyAddress = used == ofAddress;
            if ((!onlyBody && used + count > maxBytes) || (!onlyAddress && ofAddress + count > maxBytes / 2)) {
                return false;
            }
            used += count;
            usedByAddress.put(address, ofAddress + count);
            return true;
        }

        synchronized void remove(InetAddress address, long count) {
            used -= count;
            long remaining = usedByAddress.getOrDefault(address, 0L) - count;
            if (remaining > 0) {
                usedByAddress.put(address, remaining);
            } else {
                usedByAddress.remove(address);
            }
        }
    }
}
