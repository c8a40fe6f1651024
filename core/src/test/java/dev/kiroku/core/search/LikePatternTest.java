package dev.kiroku.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikePatternTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', true",
        "'', 'a', false",
        "'%', '', true",
        "'%', 'anything', true",
        "'%%', '', true",
        "'_', '', false",
        "'_', '値', true",
        "'_', '😀', true",
        "'a%', 'abc', true",
        "'%c', 'abc', true",
        "'%b%', 'abc', true",
        "'a%a', 'a', false",
        "'ab%ba', 'aba', false",
        "'%ab%ab%', 'abab', true",
        "'%ab%ab%', 'aba', false",
        "'A%', 'abc', false",
        "'\\%', '\\x', true"
    })
    void matchesTheWholeText(String pattern, String text, boolean expected) {
        assertEquals(expected, LikePattern.compile(pattern, false).matches(text));
    }

    @Test
    void caseIsIgnoredOnRequest() {
        assertTrue(LikePattern.compile("%ÉTÉ_2", true).matches("l'été 2"));
        assertFalse(LikePattern.compile("%ÉTÉ_2", false).matches("l'été 2"));
    }

    /** Compares with regular expressions, which backtrack. */
    @Test
    void randomPatternsMatchAsRegularExpressions() {
        Random random = new Random(42);
        for (int i = 0; i < 50_000; i++) {
            String pattern = randomText(random, "%_aAb", 8);
            String text = randomText(random, "aAb", 12);
            boolean ignoreCase = random.nextBoolean();
            assertEquals(
                    regex(pattern, ignoreCase).matcher(text).matches(),
                    LikePattern.compile(pattern, ignoreCase).matches(text),
                    () -> "'" + text + "' like '" + pattern + "'");
        }
    }

    @Test
    void longSegmentsMatchAsRegularExpressions() {
        Random random = new Random(43);
        for (int i = 0; i < 500; i++) {
            String alphabet = i % 2 == 0 ? "ab" : "abcdefghijklmnopqrstuvwxyzäöü値";
            String text = randomText(random, alphabet, 1000);
            int from = random.nextInt(text.length() + 1);
            int to = from + random.nextInt(text.length() - from + 1);
            StringBuilder segment = new StringBuilder(text.substring(from, to));
            for (int k = random.nextInt(4); k > 0 && !segment.isEmpty(); k--) {
                segment.setCharAt(random.nextInt(segment.length()), random.nextInt(3) == 0 ? 'b' : '_');
            }
            String pattern = "%" + segment + "%";
            assertEquals(
                    regex(pattern, false).matcher(text).matches(),
                    LikePattern.compile(pattern, false).matches(text),
                    () -> "'" + text + "' like '" + pattern + "'");
        }
    }

    /** With backtracking, this takes longer than the age of the universe. */
    @Test
    void manyPercentSignsDoNotBacktrack() {
        LikePattern pattern = LikePattern.compile("%a".repeat(5000) + "%b%", false);
        LikePattern underscores = LikePattern.compile("%a_".repeat(2000) + "%b_%", false);
        String text = "a".repeat(20_000);
        assertFalse(pattern.matches(text));
        assertFalse(underscores.matches(text));
    }

    private static String randomText(Random random, String alphabet, int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static Pattern regex(String pattern, boolean ignoreCase) {
        StringBuilder regex = new StringBuilder();
        pattern.codePoints()
                .forEach(c -> regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(Character.toString(c))));
        int flags = Pattern.DOTALL | (ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0);
        return Pattern.compile(regex.toString(), flags);
    }
}
