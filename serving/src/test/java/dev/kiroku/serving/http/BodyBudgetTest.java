package dev.kiroku.serving.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(100);

    private BodyBudget.Reservation open(int host) {
        try {
            return budget.open(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) host}));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void limitsAllBodiesTogether() {
        BodyBudget.Reservation first = open(1);
        assertTrue(first.add(60));
        BodyBudget.Reservation second = open(1);
        assertTrue(second.add(40));
        assertFalse(second.add(1));
        first.close();
        assertTrue(second.add(1));
    }

    @Test
    void anAddressMayUseHalfWhileOthersSend() {
        BodyBudget.Reservation one = open(1);
        BodyBudget.Reservation other = open(2);
        assertTrue(one.add(40));
        assertTrue(other.add(10));
        assertFalse(one.add(20));
        assertTrue(other.add(40));
        other.close();
        assertTrue(one.add(20));
    }

    @Test
    void aSingleBodyMayExceedTheBudget() {
        BodyBudget.Reservation body = open(1);
        assertTrue(body.add(100));
        assertTrue(body.add(1000));
        assertFalse(open(2).add(1));
        body.close();
        assertTrue(open(2).add(1));
    }
}
