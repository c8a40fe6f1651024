package dev.kiroku.serving.source;

import java.util.regex.Pattern;

/** Masks credentials in URIs that are shown: in logs, metrics, response headers and error messages. */
public final class UriMasker {
    private static final String MASK = "***";
    /** User information that contains a password. A name alone may be a container, as in {@code wasbs://container@account/path}. */
    private static final Pattern PASSWORD = Pattern.compile("(?<=://)[^/@\\s]*:[^/\\s]*@");
    /** Queries carry signatures and tokens. */
    private static final Pattern QUERY = Pattern.compile("(?<=[?&])([^=&#\\s]+)=[^&#\\s]*");

    private UriMasker() {}

    /** Returns a URI, or a text that contains URIs, with {@code ***} in the place of passwords and values of queries. */
    public static String mask(String uri) {
        if (uri.indexOf("://") < 0) {
            return uri;
        }
        String masked = PASSWORD.matcher(uri).replaceAll(MASK + "@");
        return QUERY.matcher(masked).replaceAll("$1=" + MASK);
    }
}
