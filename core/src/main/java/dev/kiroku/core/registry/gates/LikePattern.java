package dev.kiroku.core.registry.gates;

/**
 * Matches texts against LIKE patterns, in which {@code %} stands for any text and {@code _} for one character. A
 * mismatch goes back to the last {@code %} only, so the time is bounded by the product of the lengths, unlike with a
 * regular expression.
 */
final class LikePattern {
    private LikePattern() {}

    /**
     * Returns whether a pattern matches the whole of a text.
     *
     * @param ignoreCase whether characters that differ only in case are equal
     */
    static boolean matches(String pattern, String text, boolean ignoreCase) {
        int[] p = characters(pattern, ignoreCase);
        int[] t = characters(text, ignoreCase);
        int i = 0;
        int j = 0;
        int lastPercent = -1;
        int resume = 0;
        while (j < t.length) {
            if (i < p.length && p[i] == '%') {
                lastPercent = i++;
                resume = j;
            } else if (i < p.length && (p[i] == '_' || p[i] == t[j])) {
                i++;
                j++;
            } else if (lastPercent >= 0) {
                i = lastPercent + 1;
                j = ++resume;
            } else {
                return false;
            }
        }
        while (i < p.length && p[i] == '%') {
            i++;
        }
        return i == p.length;
    }

    private static int[] characters(String text, boolean ignoreCase) {
        return ignoreCase
                ? text.codePoints()
                        .map(c -> Character.toLowerCase(Character.toUpperCase(c)))
                        .toArray()
                : text.codePoints().toArray();
    }
}
