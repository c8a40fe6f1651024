package dev.kiroku.reliability;

import static dev.kiroku.reliability.OperationHistory.Kind.READ;
import static dev.kiroku.reliability.OperationHistory.Kind.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.reliability.OperationHistory.Operation;
import org.junit.jupiter.api.Test;

/** Tests of the consistency check itself. */
class OperationHistoryTest {
    private static int contradictions(Operation... operations) {
        OperationHistory history = new OperationHistory();
        for (Operation operation : operations) {
            history.add(operation);
        }
        return history.contradictions().size();
    }

    @Test
    void detectsReadThatMissesAcknowledgedWrite() {
        assertEquals(1, contradictions(new Operation("r", WRITE, 1, 10, 20), new Operation("r", READ, 0, 21, 30)));
    }

    @Test
    void acceptsEitherValueDuringWrite() {
        assertEquals(0, contradictions(new Operation("r", WRITE, 1, 10, 20), new Operation("r", READ, 0, 15, 30)));
        assertEquals(0, contradictions(new Operation("r", WRITE, 1, 10, 20), new Operation("r", READ, 1, 11, 15)));
    }

    @Test
    void detectsNonMonotonicReads() {
        assertEquals(
                1,
                contradictions(
                        new Operation("r", WRITE, 1, 10, 90),
                        new Operation("r", READ, 1, 15, 20),
                        new Operation("r", READ, 0, 25, 30)));
    }

    @Test
    void detectsReadOfUnwrittenValue() {
        assertEquals(1, contradictions(new Operation("r", READ, 1, 5, 9), new Operation("r", WRITE, 1, 10, 20)));
    }

    @Test
    void acceptsEitherValueAfterUnacknowledgedWrite() {
        assertEquals(
                0,
                contradictions(
                        new Operation("r", WRITE, 1, 10, 0),
                        new Operation("r", READ, 0, 50, 60),
                        new Operation("r", READ, 1, 70, 80)));
    }
}
