package dev.kiroku.model;

import org.jspecify.annotations.Nullable;

/** Static methods on strings that can be null or empty. */
public final class Strings {
    private Strings() {}

    /** Returns whether {@code text} is null or empty. */
    public static boolean isNullOrEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    /** Returns {@code text}, or an empty string if it is null. */
    public static String nullToEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Returns {@code text}, or null if it is empty. */
    public static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** Returns {@code text} if it has at most {@code limit} characters; otherwise its begin, with an ellipsis. For texts in messages. */
    public static String abbreviate(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit) + "…";
    }
}
