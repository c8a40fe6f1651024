package dev.kiroku.serving.http;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the memory that request bodies take. Only bytes that have arrived count, so that clients that announce bodies and do not send them
 * take nothing away from others. While several addresses send, each may use half of the budget. A single body may exceed the budget if there
 * is no other one. Thread-safe.
 */
final class BodyBudget {
    private final long maxBytes;
    private final Map<InetAddress, Long> usedByAddress = new HashMap<>();
    private long used;

    BodyBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The bytes of one body, until it is closed. Used by one thread. */
    final class Reservation implements AutoCloseable {
        private final InetAddress address;
        private long bytes;

        private Reservation(InetAddress address) {
            this.address = address;
        }

        /** Adds bytes. Returns false if the budget does not allow it. */
        boolean add(int count) {
            synchronized (BodyBudget.this) {
                long ofAddress = usedByAddress.getOrDefault(address, 0L);
                boolean onlyBody = used == bytes;
                boolean onlyAddress = used == ofAddress;
                if ((!onlyBody && used + count > maxBytes) || (!onlyAddress && ofAddress + count > maxBytes / 2)) {
                    return false;
                }
                bytes += count;
                used += count;
                usedByAddress.put(address, ofAddress + count);
                return true;
            }
        }

        @Override
        public void close() {
            synchronized (BodyBudget.this) {
                used -= bytes;
                long remaining = usedByAddress.getOrDefault(address, 0L) - bytes;
                if (remaining > 0) {
                    usedByAddress.put(address, remaining);
                } else {
                    usedByAddress.remove(address);
                }
                bytes = 0;
            }
        }
    }

    /** Opens a reservation of no bytes for a client. */
    Reservation open(InetAddress address) {
        return new Reservation(address);
    }
}
