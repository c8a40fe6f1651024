package dev.kiroku.cli.remote;

import java.util.Locale;
import java.util.Set;

/**
 * Colours for people at a terminal. To be put on last, on texts from which others' control characters are gone.
 *
 * @param on false where nobody looks or nobody wants them: every text stays as it is
 */
public record AnsiColors(boolean on) {
    public static final AnsiColors NONE = new AnsiColors(false);

    private static final Set<String> GOOD = Set.of("PASS", "APPROVED", "DELIVERED");
    private static final Set<String> BAD = Set.of("FAIL", "FAILED", "PROBLEM", "REJECTED", "INVALIDATED", "EXPIRED");
    private static final Set<String> OPEN = Set.of("OPEN", "WAITING");
    private static final String GREEN = "32";
    private static final String RED = "31";
    private static final String YELLOW = "33";
    private static final String BOLD = "1";

    public String heading(String text) {
        return colorize(BOLD, text);
    }

    /** A word that says how something stands. Other words stay as they are. */
    public String status(String text) {
        String word = text.toUpperCase(Locale.ROOT);
        return GOOD.contains(word)
                ? colorize(GREEN, text)
                : BAD.contains(word) ? colorize(RED, text) : OPEN.contains(word) ? colorize(YELLOW, text) : text;
    }

    /** A line that begins with such a word, or with what shows that it is added or removed. */
    public String line(String text) {
        if (!on) {
            return text;
        }
        String bare = text.stripLeading();
        if (bare.startsWith("+ ") || bare.startsWith("- ")) {
            return colorize(bare.startsWith("+") ? GREEN : RED, text);
        }
        int begin = text.length() - bare.length();
        int end = bare.indexOf(' ') < 0 ? text.length() : begin + bare.indexOf(' ');
        return text.substring(0, begin) + status(text.substring(begin, end)) + text.substring(end);
    }

    private String colorize(String colour, String text) {
        return on && !text.isEmpty() ? "\033[" + colour + "m" + text + "\033[0m" : text;
    }
}
