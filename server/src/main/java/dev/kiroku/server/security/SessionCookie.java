package dev.kiroku.server.security;

import dev.kiroku.server.http.Response;
import java.time.Duration;
import java.util.Optional;

/**
 * The cookies of a signed-in browser: one with the secret of the session, which scripts cannot read, and one that tells the pages that there is
 * a session. Neither has a path, so browsers send them to the folder of the page that set them: the server may be below any prefix of a proxy.
 */
public final class SessionCookie {
    /** The name of the cookie with the secret. */
    public static final String NAME = "kiroku_session";

    private static final String MARKER = "kiroku_signed_in";

    private SessionCookie() {}

    /**
     * Returns the value of a cookie.
     *
     * @param header the {@code Cookie} header
     */
    public static Optional<String> find(String name, Optional<String> header) {
        for (String pair : header.orElse("").split(";")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                return Optional.of(pair.substring(equals + 1).strip());
            }
        }
        return Optional.empty();
    }

    /** Returns the response with the cookies of a session. */
    public static Response set(Response response, String secret, Duration lifetime, boolean secure) {
        return response.withCookie(cookie(NAME, secret, lifetime, secure))
                .withCookie(attributes(MARKER + "=1", lifetime, secure));
    }

    /** Returns the response with an order to delete the cookies of a session. */
    public static Response clear(Response response, boolean secure) {
        return response.withCookie(cookie(NAME, "", Duration.ZERO, secure))
                .withCookie(attributes(MARKER + "=", Duration.ZERO, secure));
    }

    /**
     * Returns a cookie that scripts cannot read and that requests from other sites do not carry, except for links.
     *
     * @param lifetime zero to delete it
     */
    public static String cookie(String name, String value, Duration lifetime, boolean secure) {
        return attributes(name + "=" + value + "; HttpOnly", lifetime, secure);
    }

    private static String attributes(String cookie, Duration lifetime, boolean secure) {
        return cookie + "; SameSite=Lax; Max-Age=" + lifetime.toSeconds() + (secure ? "; Secure" : "");
    }
}
