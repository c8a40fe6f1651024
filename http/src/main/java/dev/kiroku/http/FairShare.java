package dev.kiroku.http;

import java.util.HashMap;
import java.util.Map;

/**
 * A limited amount, such as memory, that clients share. A client may have up to four times what would then be left, as in the dynamic
 * thresholds of Choudhury and Hahne: one alone may have four fifths of all, and the more clients there are, the less each may have. So there
 * is always something left for a client that has nothing yet. Thread-safe.
 */
public final class FairShare {
    private static final int MULTIPLE_OF_REST = 4;

    private final long limit;
    private final Map<Object, Long> usedByName = new HashMap<>();
    private long used;

    /** Creates a share of which nothing is used. */
    public FairShare(long limit) {
        this.limit = limit;
    }

    /** Acquires an amount for a client. Returns whether the limits allow it. */
    public synchronized boolean tryAcquire(ClientKey client, long amount) {
        long rest = limit - used - amount;
        if (rest < 0) {
            return false;
        }
        for (Object name : client.names()) {
            if (usedByName.getOrDefault(name, 0L) + amount > MULTIPLE_OF_REST * rest) {
                return false;
            }
        }
        add(client, amount);
        return true;
    }

    /** Acquires an amount, even beyond the limit, if nothing is used but what the caller has acquired. Returns whether that is so. */
    public synchronized boolean tryAcquireAlone(ClientKey client, long amount, long own) {
        boolean alone = used == own;
        if (alone) {
            add(client, amount);
        }
        return alone;
    }

    private void add(ClientKey client, long amount) {
        used += amount;
        client.names().forEach(name -> usedByName.merge(name, amount, Long::sum));
    }

    /** Releases an amount that was acquired. */
    public synchronized void release(ClientKey client, long amount) {
        used -= amount;
        client.names()
                .forEach(name -> usedByName.computeIfPresent(name, (_, old) -> old > amount ? old - amount : null));
    }

    /** Returns the amount that is used. */
    public synchronized long used() {
        return used;
    }

    /** Returns the number of addresses and users that use something. */
    synchronized int clients() {
        return usedByName.size();
    }
}
