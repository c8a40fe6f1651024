package dev.kiroku.cli.config;

import java.util.regex.Pattern;

/** Replaces passwords in text that is printed or logged. */
public final class SecretMasker {
    /** From the first colon after the user to the last at sign before whitespace; masks too much rather than too little. */
    private static final Pattern IN_AUTHORITY = Pattern.compile("(?<=://)([^/\\s:@]*):\\S*(?=@)");

    private static final Pattern IN_QUERY =
            Pattern.compile("(?i)([?&;]?[a-z_-]*(?:password|passwd|secret|token|credential)[a-z_-]*=)[^&\\s'\"]+");

    private SecretMasker() {}

    /**
     * Returns the text with {@code ***} in place of passwords in URIs and of query parameters whose names suggest a secret; null for null.
     */
    public static String mask(String text) {
        if (text == null) {
            return null;
        }
        return IN_QUERY.matcher(IN_AUTHORITY.matcher(text).replaceAll("$1:***")).replaceAll("$1***");
    }
}
