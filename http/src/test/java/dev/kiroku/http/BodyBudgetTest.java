package dev.kiroku.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyBudgetTest {
    private static final int MIB = 1 << 20;

    private final BodyBudget budget = new BodyBudget(100, 10);

    private static ClientKey client(int host) {
        return ClientKey.of(InetAddress.ofLiteral("10.0.0." + host));
    }

    @Test
    void limitsAllBodiesTogether() {
        BodyBudget.Reservation first = budget.open(client(1));
        assertTrue(first.add(40));
        BodyBudget.Reservation second = budget.open(client(2));
        assertTrue(second.add(40));
        assertFalse(second.add(15));
        first.close();
        assertTrue(second.add(15));
    }

    @Test
    void largeBodiesDoNotKeepSmallOnesOut() {
        BodyBudget.Reservation large = budget.open(client(1));
        assertTrue(large.add(1000));
        BodyBudget.Reservation small = budget.open(client(2));
        assertTrue(small.add(10));
        assertFalse(small.add(1), "it is a large body now");
        large.close();
        assertTrue(small.add(1));
        small.close();
        assertEquals(0, budget.reservedBytes());
    }

    @Test
    void aSingleLargeBodyMayExceedTheBudget() {
        BodyBudget.Reservation body = budget.open(client(1));
        assertTrue(body.add(100));
        assertTrue(body.add(1000));
        assertFalse(budget.open(client(2)).add(11));
        body.close();
        assertTrue(budget.open(client(2)).add(11));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, 100_000, 3_000_000})
    void readsBodies(int length) throws IOException {
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        BodyBudget large = new BodyBudget(10 * MIB, MIB);
        for (long announced : new long[] {-1, length}) {
            try (BodyBudget.Reservation reservation = large.open(client(1))) {
                assertArrayEquals(body, reservation.readUpTo(new ByteArrayInputStream(body), announced, 4 * MIB));
            }
            try (BodyBudget.Reservation reservation = large.open(client(1))) {
                assertArrayEquals(
                        Arrays.copyOf(body, Math.min(length, 5000)),
                        reservation.readUpTo(new ByteArrayInputStream(body), announced, 5000));
            }
        }
        assertEquals(0, large.reservedBytes());
    }

    @Test
    void reservesWhatHasArrivedAndNotWhatIsAnnounced() throws IOException {
        BodyBudget large = new BodyBudget(10 * MIB, MIB);
        int arrived = 200_000;
        long[] reserved = new long[1];
        InputStream end = new InputStream() {
            @Override
            public int read() {
                reserved[0] = large.reservedBytes();
                return -1;
            }
        };
        try (BodyBudget.Reservation reservation = large.open(client(1))) {
            var body = new SequenceInputStream(new ByteArrayInputStream(new byte[arrived]), end);
            assertEquals(arrived, reservation.readUpTo(body, 10 * MIB, 10 * MIB).length);
        }
        assertTrue(reserved[0] >= arrived && reserved[0] <= 4 * arrived, reserved[0] + " bytes");
    }

    @Test
    void refusesBodiesBeyondTheBudget() {
        BodyBudget.Reservation other = budget.open(client(1));
        assertTrue(other.add(20));
        try (BodyBudget.Reservation reservation = budget.open(client(2))) {
            assertThrows(
                    BodyBudget.ExhaustedException.class,
                    () -> reservation.readUpTo(new ByteArrayInputStream(new byte[MIB]), MIB, MIB));
        }
        other.close();
        assertEquals(0, budget.reservedBytes());
    }
}
