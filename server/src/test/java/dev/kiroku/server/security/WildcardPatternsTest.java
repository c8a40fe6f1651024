package dev.kiroku.server.security;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WildcardPatternsTest {
    private static final WildcardPatterns PATTERNS =
            WildcardPatterns.of(List.of("Localhost:*", "*.example.com", "https://*.cdn.*"));

    @ParameterizedTest
    @ValueSource(strings = {"localhost:5000", "LOCALHOST:", "a.b.EXAMPLE.com", "https://x.cdn.y"})
    void wildcardMatchesAnyText(String text) {
        assertTrue(PATTERNS.matches(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "xlocalhost:1", "example.com", "a.example.com.evil", "https://cdn.y"})
    void wholeTextMustMatch(String text) {
        assertFalse(PATTERNS.matches(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "127.0.0.1:80", "10.1.2.3", "192.168.0.1:5000", "172.31.0.1", "[::1]:1", "[fd00::1]"
            })
    void privateAddressesMatch(String text) {
        assertTrue(WildcardPatterns.privateNetworks().matches(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.evil.example", "172.32.0.1", "8.8.8.8", "[2001::1]", "localhost.", "10.1.2.3.4"})
    void otherHostsAreNotPrivate(String text) {
        assertFalse(WildcardPatterns.privateNetworks().matches(text));
    }

    /** With backtracking, each of these takes longer than anybody waits. */
    @Test
    void hostileHostsAreRefusedInLinearTime() {
        WildcardPatterns many = WildcardPatterns.of(List.of("*.*.x", "*".repeat(100) + "x", "*.a".repeat(100)));
        for (int length : List.of(299, 300, 30_000)) {
            assertFalse(many.matches(".".repeat(length)));
            assertFalse(many.matches(".a".repeat(length / 2) + "y"));
        }
    }

    @Test
    void hostsLongerThanNamesCanBeDoNotMatch() {
        assertTrue(WildcardPatterns.of(List.of("*")).matches("a".repeat(300)));
        assertFalse(WildcardPatterns.of(List.of("*")).matches("a".repeat(301)));
    }
}
