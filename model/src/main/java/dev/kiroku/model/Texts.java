package dev.kiroku.model;

/** Texts that are not there: some places say so with null, others with the empty text. */
public final class Texts {
    private Texts() {}

    public static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }

    public static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    public static String orNull(String text) {
        return isEmpty(text) ? null : text;
    }
}
