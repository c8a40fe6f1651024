package dev.kiroku.http;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The identifier of a request: in the response header {@code X-Request-ID}, in log lines and in audit entries. A client may choose it; an
 * identifier that is not a short token is replaced, because it is written to logs.
 */
public final class RequestId {
    /** The name of the header, in requests and in responses. */
    public static final String HEADER = "X-Request-ID";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RequestId() {}

    /**
     * Returns the identifier that the client chose, or a new one.
     *
     * @param header the value of the request's header, or empty if it has none
     */
    public static String of(Optional<String> header) {
        return header.filter(value -> TOKEN.matcher(value).matches()).orElseGet(RequestId::create);
    }

    /** Returns a random UUID (version 4). Identifiers are not secrets, so the fast generator is enough. */
    private static String create() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version4 = random.nextLong() & ~0xF000L | 0x4000L;
        long variant2 = random.nextLong() & ~(0b11L << 62) | 0b10L << 62;
        return new UUID(version4, variant2).toString();
    }
}
