package dev.kiroku.model;

/** Texts that are not there: some places say so with null, others with the empty text. */
public final class Strings {
    private Strings() {}

    public static boolean isNullOrEmpty(String text) {
        return text == null || text.isEmpty();
    }

    public static String nullToEmpty(String text) {
        return text == null ? "" : text;
    }

    public static String emptyToNull(String text) {
        return isNullOrEmpty(text) ? null : text;
    }
}
