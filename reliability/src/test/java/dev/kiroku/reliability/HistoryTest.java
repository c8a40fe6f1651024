package dev.kiroku.reliability;

import static dev.kiroku.reliability.History.Kind.READ;
import static dev.kiroku.reliability.History.Kind.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.reliability.History.Operation;
import org.junit.jupiter.api.Test;

/** The checker finds what it is there for. */
class HistoryTest {
    private static int contradictions(Operation... operations) {
        History history = new History();
        for (Operation operation : operations) {
            history.add(operation);
        }
        return history.contradictions().size();
    }

    @Test
    void aReadThatMissesAnAcknowledgedWriteIsFound() {
        assertEquals(1, contradictions(new Operation("r", WRITE, 1, 10, 20), new Operation("r", READ, 0, 21, 30)));
    }

    @Test
    void aReadDuringAWriteMaySeeEither() {
        assertEquals(0, contradictions(new Operation("r", WRITE, 1, 10, 20), new Operation("r", READ, 0, 15, 30)));
        assertEquals(0, contradictions(new Operation("r", WRITE, 1, 10, 20), new Operation("r", READ, 1, 11, 15)));
    }

    @Test
    void whatOneHasSeenNoLaterReadMayMiss() {
        assertEquals(
                1,
                contradictions(
                        new Operation("r", WRITE, 1, 10, 90),
                        new Operation("r", READ, 1, 15, 20),
                        new Operation("r", READ, 0, 25, 30)));
    }

    @Test
    void whatNobodyHasBegunToWriteIsFound() {
        assertEquals(1, contradictions(new Operation("r", READ, 1, 5, 9), new Operation("r", WRITE, 1, 10, 20)));
    }

    @Test
    void aWriteWithoutAnAnswerMayBeSeenOrNot() {
        assertEquals(
                0,
                contradictions(
                        new Operation("r", WRITE, 1, 10, 0),
                        new Operation("r", READ, 0, 50, 60),
                        new Operation("r", READ, 1, 70, 80)));
    }
}
