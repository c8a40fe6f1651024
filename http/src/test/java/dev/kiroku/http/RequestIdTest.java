package dev.kiroku.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTest {
    @Test
    void keepsIdentifierOfClient() {
        assertEquals("job-7.attempt_2", RequestId.of(Optional.of("job-7.attempt_2")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "line\nbreak",
                "quote\"",
                "../x",
                "é",
                "12345678901234567890123456789012345678901234567890123456789012345"
            })
    void replacesOtherValues(String header) {
        assertEquals(4, UUID.fromString(RequestId.of(Optional.of(header))).version());
    }

    @Test
    void createsDistinctRandomUuids() {
        String first = RequestId.of(Optional.empty());
        assertNotEquals(first, RequestId.of(Optional.empty()));
        assertEquals(4, UUID.fromString(first).version());
        assertEquals(2, UUID.fromString(first).variant());
    }
}
