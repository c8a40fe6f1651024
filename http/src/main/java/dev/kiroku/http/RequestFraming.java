package dev.kiroku.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.util.List;
import java.util.regex.Pattern;

/** Checks how a request states the length of its body. */
public final class RequestFraming {
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    private RequestFraming() {}

    /**
     * Returns whether the length is stated at most once, by a valid {@code Content-Length} or by {@code Transfer-Encoding}. Otherwise a proxy
     * and this server may disagree about where the request ends, which allows request smuggling.
     */
    public static boolean isValid(Headers headers) {
        List<String> lengths = headers.values(HeaderNames.CONTENT_LENGTH);
        boolean chunked = headers.contains(HeaderNames.TRANSFER_ENCODING);
        return lengths.size() <= 1
                && !(chunked && !lengths.isEmpty())
                && lengths.stream().allMatch(length -> LENGTH.matcher(length).matches());
    }
}
