package dev.kiroku.cli.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces passwords in text that is printed or logged, in linear time: the text can be that of a request. */
public final class SecretMasker {
    private static final String MASK = "***";
    private static final Pattern WORD = Pattern.compile("\\S+");

    private static final Pattern IN_QUERY =
            Pattern.compile("(?i)((?:password|passwd|secret|token|credential)[a-z_-]{0,50}=)[^&\\s'\"]+");

    private SecretMasker() {}

    /**
     * Returns the text with {@code ***} in place of passwords in URIs and of query parameters whose names suggest a secret; null for null.
     */
    public static String mask(String text) {
        if (text == null) {
            return null;
        }
        String masked = text.contains("://")
                ? WORD.matcher(text).replaceAll(word -> Matcher.quoteReplacement(maskAuthority(word.group())))
                : text;
        return IN_QUERY.matcher(masked).replaceAll("$1" + MASK);
    }

    /** Masks from the first colon after the user to the last at sign; rather too much than too little. */
    private static String maskAuthority(String word) {
        int at = word.lastIndexOf('@');
        for (int scheme = word.indexOf("://"); scheme >= 0 && scheme < at; scheme = word.indexOf("://", scheme + 3)) {
            int end = scheme + 3; // of the user
            while (end < at && "/:".indexOf(word.charAt(end)) < 0) {
                end++;
            }
            if (word.charAt(end) == ':') {
                return word.substring(0, end + 1) + MASK + word.substring(at);
            }
        }
        return word;
    }
}
