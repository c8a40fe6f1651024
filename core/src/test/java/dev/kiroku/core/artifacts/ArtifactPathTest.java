package dev.kiroku.core.artifacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactPathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../a",
                "a/..",
                "a/../b",
                "a/../../b",
                ".",
                "./a",
                "a/./b",
                ".. ",
                " ..",
                "a/.. /b",
                "/",
                "/etc/passwd",
                "//host/share",
                "a//b",
                "\\",
                "..\\a",
                "a\\..\\b",
                "\\\\host\\share",
                "C:",
                "C:a",
                "C:/windows",
                "c:\\windows",
                "a#b",
                "#",
                "a\0b",
                "\0",
                "a\nb",
                "a\rb",
                "a\tb",
                "\u007f",
                "%2e%2e",
                "%2e%2e/a",
                "..%2fa",
                "a/%2e%2E/b",
                "%2fetc%2fpasswd",
                "%5c..%5c",
                "a%5cb",
                "C%3a/windows",
                "a%00b",
                "a%2500b",
                "%252e%252e%252f",
                "%25252e%25252e",
                "%2525252525252525252e%2e",
                "a/%252e%252e/b",
                "%2e./a",
                ".%2e/a",
                "a%2f..%2f..%2fb",
                "file:///etc/passwd%2f..%2f..",
                "%c0%ae%c0%ae/../a"
            })
    void pathsOutsideTheRootAreRefused(String path) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> ArtifactPath.of(path));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusal.code());
        assertTrue(refusal.getMessage().startsWith("Invalid path"), refusal.getMessage());
    }

    @Test
    void tooLongPathsAreRefused() {
        for (String path : List.of("x".repeat(256), "ü".repeat(128), "a/".repeat(2500) + "a", "a/" + "日".repeat(86))) {
            assertThrows(KirokuException.class, () -> ArtifactPath.of(path));
        }
        assertEquals("x".repeat(255), ArtifactPath.of("x".repeat(255)).value());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a/b",
                "a b",
                "model/MLmodel",
                "...",
                "....",
                "x/..../y",
                ". .",
                "..a",
                "a..",
                "a..b",
                ".hidden",
                "a.",
                "100%",
                "a%b",
                "a%20b",
                "日本語/ü.txt",
                "x/a:b",
                "ab:c",
                "a?b",
                "a&b",
                "~/a",
                "-",
                "😀",
                "images/loss%step%10%timestamp%1795560806798%j8095eb4.png",
                "loss%step%23%timestamp%17",
                "loss%step%80",
                "a%0d%0ab",
                "%c3%bc",
                "%zz",
                "%",
                "a%2"
            })
    void unusualNamesAreAccepted(String path) {
        assertEquals(path, ArtifactPath.of(path).value());
    }

    @Test
    void refusalsGiveTheirReason() {
        assertReason("/a", "relative");
        assertReason("a//b", "empty names");
        assertReason("a\\b", "backslash");
        assertReason("C:/a", "drive");
        assertReason("a/../b", "'..'");
        assertReason("a/./b", "'.'");
        assertReason("a#b", "'#'");
        assertReason("a\nb", "control characters");
        assertReason("x".repeat(256), "255 bytes");
        assertReason("a/".repeat(2500) + "a", "4096 characters");
    }

    private static void assertReason(String path, String reason) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> ArtifactPath.of(path));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @Test
    void theRootHasNoParts() {
        assertTrue(ArtifactPath.of(null).isRoot());
        assertTrue(ArtifactPath.of("").isRoot());
        assertEquals(List.of(), ArtifactPath.ROOT.parts());
        assertEquals("a/b", ArtifactPath.ROOT.resolve(ArtifactPath.of("a/b/")).value());
        assertEquals("a/b", ArtifactPath.of("a").resolve(ArtifactPath.of("b")).value());
        assertEquals("a", ArtifactPath.of("a").resolve(ArtifactPath.ROOT).value());
        assertEquals("b", ArtifactPath.of("a/b").name());
    }

    /** Accepted paths stay below their root after being decoded several times, with either separator. */
    @Test
    void acceptedPathsStayBelowTheRoot() {
        Random random = new Random(42);
        String[] pieces = {
            ".", "..", "/", "\\", "a", "b", "%2e", "%2f", "%5c", "%25", "%252e", "%252f", " ", ":", "C", "\0", "%00",
            "#", "ü", "%", "2e", "2f"
        };
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(8); length > 0; length--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String path;
            try {
                path = ArtifactPath.of(text.toString()).value();
            } catch (KirokuException e) {
                continue;
            }
            taken++;
            for (int decoding = 0; decoding < 4; decoding++) {
                String shown = text + " as " + path;
                assertTrue(!path.startsWith("/") && path.indexOf('\0') < 0 && path.indexOf('\\') < 0, shown);
                for (String part : path.split("/")) {
                    assertTrue(!part.strip().equals("..") && !part.equals("."), shown);
                }
                path = java.util.regex.Pattern.compile("%([0-9a-fA-F]{2})")
                        .matcher(path)
                        .replaceAll(m -> java.util.regex.Matcher.quoteReplacement(
                                String.valueOf((char) Integer.parseInt(m.group(1), 16))));
            }
            assertEquals(
                    text.toString().endsWith("/") ? text.substring(0, text.length() - 1) : text.toString(),
                    ArtifactPath.of(text.toString()).value());
        }
        assertTrue(taken > 1000, taken + " taken");
    }
}
