package dev.kiroku.cli.remote;

import java.util.Locale;
import java.util.Set;

/**
 * Colours for people at a terminal. To be put on last, on texts from which others' control characters are gone.
 *
 * @param on false where nobody looks or nobody wants them: every text stays as it is
 */
public record Paint(boolean on) {
    public static final Paint NONE = new Paint(false);

    private static final Set<String> GOOD = Set.of("PASS", "APPROVED", "DELIVERED");
    private static final Set<String> BAD = Set.of("FAIL", "FAILED", "PROBLEM", "REJECTED", "INVALIDATED", "EXPIRED");
    private static final Set<String> OPEN = Set.of("OPEN", "WAITING");
    private static final String GREEN = "32";
    private static final String RED = "31";
    private static final String YELLOW = "33";
    private static final String BOLD = "1";

    public String heading(String text) {
        return paint(BOLD, text);
    }

    /** A word that says how something stands. Other words stay as they are. */
    public String word(String text) {
        String word = text.toUpperCase(Locale.ROOT);
        return GOOD.contains(word)
                ? paint(GREEN, text)
                : BAD.contains(word) ? paint(RED, text) : OPEN.contains(word) ? paint(YELLOW, text) : text;
    }

    /** A line that begins with such a word, or with what shows that it is added or removed. */
    public String line(String text) {
        if (!on) {
            return text;
        }
        String bare = text.stripLeading();
        if (bare.startsWith("+ ") || bare.startsWith("- ")) {
            return paint(bare.startsWith("+") ? GREEN : RED, text);
        }
        int begin = text.length() - bare.length();
        int end = bare.indexOf(' ') < 0 ? text.length() : begin + bare.indexOf(' ');
        return text.substring(0, begin) + word(text.substring(begin, end)) + text.substring(end);
    }

    private String paint(String colour, String text) {
        return on && !text.isEmpty() ? "\033[" + colour + "m" + text + "\033[0m" : text;
    }
}
