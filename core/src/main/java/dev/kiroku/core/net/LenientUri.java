package dev.kiroku.core.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URI or a plain path, split as MLflow's clients do it with Python's {@code urlsplit}. Unlike {@link java.net.URI} it allows blanks,
 * brackets, {@code ^}, percent signs that start no escape, and characters outside ASCII.
 *
 * @param scheme in lower case; empty for a plain path
 * @param authority between {@code //} and the path, as written; null if there is no {@code //}
 * @param path as written
 * @param query after {@code ?}, as written; null if there is none
 * @param fragment after {@code #}, as written; null if there is none
 */
public record LenientUri(
        String scheme,
        @Nullable String authority,
        String path,
        @Nullable String query,
        @Nullable String fragment) {
    private static final Pattern SYNTAX = Pattern.compile(
            "(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?", Pattern.DOTALL);

    /** Returns the parts of {@code text}; every text is valid. */
    public static LenientUri parse(String text) {
        Matcher parts = SYNTAX.matcher(text);
        if (!parts.matches()) {
            throw new IllegalStateException(text);
        }
        String scheme = parts.group(1) == null ? "" : parts.group(1).toLowerCase(Locale.ROOT);
        return new LenientUri(scheme, parts.group(2), parts.group(3), parts.group(4), parts.group(5));
    }

    /** Returns the authority without user information and port, in lower case; empty if there is none. */
    public String host() {
        String host = authority == null ? "" : authority.substring(authority.lastIndexOf('@') + 1);
        return host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
    }

    /** Returns what is before the last {@code @} of the authority; null if there is none. */
    public @Nullable String userInfo() {
        if (authority == null || authority.indexOf('@') < 0) {
            return null;
        }
        return authority.substring(0, authority.lastIndexOf('@'));
    }

    /** Returns the path with its escapes decoded. */
    public String decodedPath() {
        return decode(path);
    }

    /** Returns {@code text} with its escapes decoded as UTF-8. A percent sign that starts no escape is left. */
    public static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < encoded.length; i++) {
            int high = encoded[i] == '%' && i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(encoded[i + 2], 16);
            if (low < 0) {
                bytes.write(encoded[i]);
            } else {
                bytes.write(high << 4 | low);
                i += 2;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
