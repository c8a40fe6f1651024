package dev.kiroku.cli.remote;

import java.util.Locale;
import java.util.Set;

/**
 * Colors text for a terminal. Apply it last, after control characters have been removed from the text.
 *
 * @param enabled false to leave every text as it is
 */
public record AnsiColors(boolean enabled) {
    /** Leaves every text as it is. */
    public static final AnsiColors NONE = new AnsiColors(false);

    private static final Set<String> GOOD = Set.of("PASS", "APPROVED", "DELIVERED");
    private static final Set<String> BAD = Set.of("FAIL", "FAILED", "PROBLEM", "REJECTED", "INVALIDATED", "EXPIRED");
    private static final Set<String> OPEN = Set.of("OPEN", "WAITING");
    private static final String GREEN = "32";
    private static final String RED = "31";
    private static final String YELLOW = "33";
    private static final String BOLD = "1";

    /** Returns the heading of a table column. */
    public String heading(String text) {
        return colorize(BOLD, text);
    }

    /** Returns the text in the color of the status that it names; other texts are returned unchanged. */
    public String status(String text) {
        String word = text.toUpperCase(Locale.ROOT);
        return GOOD.contains(word)
                ? colorize(GREEN, text)
                : BAD.contains(word) ? colorize(RED, text) : OPEN.contains(word) ? colorize(YELLOW, text) : text;
    }

    /** Returns a line with its first word colored if that is a status, or the whole line if it starts with {@code +} or {@code -}. */
    public String line(String text) {
        if (!enabled) {
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

    private String colorize(String color, String text) {
        return enabled && !text.isEmpty() ? "\033[" + color + "m" + text + "\033[0m" : text;
    }
}
