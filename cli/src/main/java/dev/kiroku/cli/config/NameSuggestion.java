package dev.kiroku.cli.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Suggests a known name for a mistyped one. */
public final class NameSuggestion {
    private NameSuggestion() {}

    /** Returns {@code ; did you mean 'port'?}, or an empty string if no known name is similar. */
    public static String of(String written, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(name -> distance(written, name)))
                .filter(name -> distance(written, name) <= Math.max(2, name.length() / 3))
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    /** Returns the Levenshtein distance, without regard to case and to the difference between {@code -} and {@code _}. */
    private static int distance(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT).replace('_', '-');
        String b = to.toLowerCase(Locale.ROOT).replace('_', '-');
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
