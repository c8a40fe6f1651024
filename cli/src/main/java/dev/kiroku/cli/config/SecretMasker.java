package dev.kiroku.cli.config;

import java.util.regex.Pattern;

/** Keeps passwords out of everything that is printed or logged. */
public final class SecretMasker {
    /** From the first colon after the user to the last at sign before a slash or blank: rather too much than too little. */
    private static final Pattern IN_AUTHORITY = Pattern.compile("(?<=://)([^/\\s:@]*):\\S*(?=@)");

    private static final Pattern IN_QUERY =
            Pattern.compile("(?i)([?&;]?[a-z_-]*(?:password|passwd|secret|token|credential)[a-z_-]*=)[^&\\s'\"]+");

    private SecretMasker() {}

    /** The same text with {@code ***} for each password in a URI and each value of a query whose name sounds like a secret. */
    public static String mask(String text) {
        if (text == null) {
            return null;
        }
        return IN_QUERY.matcher(IN_AUTHORITY.matcher(text).replaceAll("$1:***")).replaceAll("$1***");
    }
}
