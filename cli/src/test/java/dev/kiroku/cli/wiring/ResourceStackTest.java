package dev.kiroku.cli.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceStackTest {
    private final List<String> closed = new ArrayList<>();
    private final ResourceStack resources = new ResourceStack();

    private AutoCloseable failing(String message) {
        return () -> {
            throw new IOException(message);
        };
    }

    @Test
    void closesInReverseOrderOnce() {
        resources.add(() -> closed.add("first"));
        resources.add(() -> closed.add("second"));

        resources.close();
        resources.close();

        assertEquals(List.of("second", "first"), closed);
    }

    @Test
    void closesTheOthersWhenOneFails() {
        resources.add(() -> closed.add("first"));
        resources.add(failing("second failed"));
        resources.add(failing("third failed"));

        IllegalStateException failure = assertThrows(IllegalStateException.class, resources::close);

        assertEquals(List.of("first"), closed);
        assertEquals(
                List.of("third failed", "second failed"),
                Arrays.stream(failure.getSuppressed())
                        .map(Throwable::getMessage)
                        .toList());
    }

    @Test
    void failuresToCloseAreSuppressedInTheCauseOfAFailedStart() {
        resources.add(failing("not closed"));
        IOException cause = new IOException("port in use");

        resources.closeAfter(cause);

        assertEquals("not closed", cause.getSuppressed()[0].getSuppressed()[0].getMessage());
    }
}
