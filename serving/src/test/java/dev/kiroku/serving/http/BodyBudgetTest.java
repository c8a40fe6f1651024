package dev.kiroku.serving.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(100, 0);

    private BodyBudget.Reservation open(int host) {
        return open(budget, host);
    }

    private static BodyBudget.Reservation open(BodyBudget budget, int host) {
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
    void largeBodiesDoNotKeepSmallOnesOut() {
        BodyBudget shares = new BodyBudget(100, 10);
        BodyBudget.Reservation large = open(shares, 1);
        assertTrue(large.add(1000));
        BodyBudget.Reservation small = open(shares, 2);
        assertTrue(small.add(10));
        assertFalse(small.add(1), "it is a large body now");
        large.close();
        assertTrue(small.add(1));
        small.close();
        assertTrue(open(shares, 1).add(1000), "all is released");
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
