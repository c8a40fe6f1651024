package dev.kiroku.core.search;

/**
 * Matches names against patterns in which {@code *} stands for any text, by one scan of the name without backtracking.
 */
public final class GlobPattern {
    private GlobPattern() {}

    /** Returns whether a pattern matches the whole of a name. */
    public static boolean matches(String pattern, String name) {
        String[] parts = pattern.split("\\*", -1);
        if (parts.length == 1) {
            return pattern.equals(name);
        }
        String first = parts[0];
        String last = parts[parts.length - 1];
        if (name.length() < first.length() + last.length() || !name.startsWith(first) || !name.endsWith(last)) {
            return false;
        }
        int from = first.length();
        int to = name.length() - last.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = name.indexOf(parts[i], from);
            if (found < 0 || found + parts[i].length() > to) {
                return false;
            }
            from = found + parts[i].length();
        }
        return true;
    }
}
