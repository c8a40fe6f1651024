package dev.kiroku.serving.source;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Masks credentials in URIs that are shown: in logs, metrics, response headers and error messages. */
public final class UriMasker {
    private static final String MASK = "***";
    /** A name alone, without a password, may be a container, as in {@code wasbs://container@account/path}. */
    private static final Pattern USER_INFORMATION = Pattern.compile("(?<=://)[^/\\s]*@");
    /** Queries carry signatures and tokens. */
    private static final Pattern QUERY = Pattern.compile("(?<=[?&])([^=&#?\\s]+)=[^&#\\s]*");

    private UriMasker() {}

    /** Returns a URI, or a text that contains URIs, with {@code ***} in the place of passwords and values of queries. */
    public static String mask(String uri) {
        if (uri.indexOf("://") < 0) {
            return uri;
        }
        String masked = USER_INFORMATION
                .matcher(uri)
                .replaceAll(user -> hasPassword(user.group()) ? MASK + "@" : Matcher.quoteReplacement(user.group()));
        return QUERY.matcher(masked).replaceAll("$1=" + MASK);
    }

    private static boolean hasPassword(String userInformation) {
        return userInformation.substring(0, userInformation.indexOf('@')).indexOf(':') >= 0;
    }
}
