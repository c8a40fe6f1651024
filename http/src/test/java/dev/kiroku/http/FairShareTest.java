package dev.kiroku.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class FairShareTest {
    private final FairShare share = new FairShare(1000);

    private static ClientKey client(String address) {
        return ClientKey.of(InetAddress.ofLiteral(address));
    }

    private static ClientKey user(String address, String name) {
        return ClientKey.of(InetAddress.ofLiteral(address), name);
    }

    private int acquireAll(ClientKey client) {
        int acquired = 0;
        while (share.tryAcquire(client, 1)) {
            acquired++;
        }
        return acquired;
    }

    @Test
    void leavesSomethingForOthers() {
        assertEquals(800, acquireAll(client("10.0.0.1")));
        assertEquals(160, acquireAll(client("10.0.0.2")));
        assertEquals(32, acquireAll(client("10.0.0.3")));
        assertTrue(share.tryAcquire(client("10.0.0.4"), 1));
        share.release(client("10.0.0.1"), 800);
        assertTrue(share.tryAcquire(client("10.0.0.4"), 500));
    }

    @Test
    void countsUsersAtAllTheirAddresses() {
        int first = acquireAll(user("10.0.0.1", "ann"));
        assertFalse(share.tryAcquire(user("10.0.0.2", "ann"), 1));
        assertTrue(share.tryAcquire(user("10.0.0.2", "bob"), 1));
        share.release(user("10.0.0.1", "ann"), first);
        assertTrue(share.tryAcquire(user("10.0.0.2", "ann"), 1));
    }

    @Test
    void countsAddressesOfOneNetworkTogether() {
        acquireAll(client("2001:db8::1"));
        assertFalse(share.tryAcquire(client("2001:db8::2"), 1));
        assertTrue(share.tryAcquire(client("2001:db8:0:1::1"), 1));
    }

    @Test
    void keepsNothingAboutClientsThatUseNothing() {
        for (int i = 0; i < 10_000; i++) {
            ClientKey client = user("10.0." + i % 256 + "." + i / 256, "user " + i);
            assertTrue(share.tryAcquire(client, 10));
            share.release(client, 10);
        }
        assertEquals(0, share.used());
        assertEquals(0, share.clients());
    }
}
