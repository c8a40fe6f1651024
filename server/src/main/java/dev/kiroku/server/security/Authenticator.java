package dev.kiroku.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Identity;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Authenticates requests: by user name and password or token ({@code Authorization: Basic} or {@code Bearer}, as MLflow's clients send them),
 * or by the headers of a trusted proxy that names the user. Such headers are accepted only from the proxy's address, because any client can
 * send them. Thread-safe.
 */
public final class Authenticator {
    /**
     * Which credentials are accepted.
     *
     * @param passwordsEnabled whether passwords and tokens are accepted
     * @param trustedProxies addresses whose headers name the user; empty for none
     * @param userHeader the header with the user's name
     * @param groupsHeader the header with the user's groups, separated by commas
     */
    public record AuthenticationSettings(
            boolean passwordsEnabled, List<AddressRange> trustedProxies, String userHeader, String groupsHeader) {
        /** Accepts every request as anonymous. */
        public static final AuthenticationSettings ANONYMOUS = new AuthenticationSettings(false, List.of(), "", "");

        /** Returns whether requests need no credentials. */
        public boolean allowsAnonymous() {
            return !passwordsEnabled && trustedProxies.isEmpty();
        }
    }

    private final AuthenticationSettings settings;
    private final CredentialVerifier credentials;

    /** @param credentials may be null if the settings allow anonymous requests */
    public Authenticator(AuthenticationSettings rules, CredentialVerifier credentials) {
        this.settings = rules;
        this.credentials = credentials;
    }

    /** Returns an authenticator that accepts every request as anonymous. */
    public static Authenticator disabled() {
        return new Authenticator(AuthenticationSettings.ANONYMOUS, null);
    }

    /**
     * Returns the user who sent a request.
     *
     * @param peer the address of the other end of the connection
     * @param headers returns all values of a header
     * @throws KirokuException with {@code UNAUTHENTICATED} if the credentials are missing or wrong, with {@code REQUEST_LIMIT_EXCEEDED} after
     *     too many wrong passwords
     */
    public Caller authenticate(InetAddress peer, Function<String, List<String>> headers, String requestId) {
        if (settings.allowsAnonymous()) {
            return Caller.anonymous(requestId);
        }
        Identity identity = identify(peer, headers);
        return new Caller(identity.name(), identity.groups(), requestId);
    }

    private Identity identify(InetAddress peer, Function<String, List<String>> headers) {
        boolean proxy = settings.trustedProxies().stream().anyMatch(range -> range.contains(peer));
        List<String> names = proxy ? headers.apply(settings.userHeader()) : List.of();
        if (!names.isEmpty()) {
            return credentials.resolveProxyUser(
                    requireUserName(names), parseGroups(headers.apply(settings.groupsHeader())));
        }
        List<String> given = headers.apply("Authorization");
        if (!settings.passwordsEnabled() || given.isEmpty()) {
            throw unauthenticated(
                    settings.passwordsEnabled()
                            ? "Sign in: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN. Create them with 'kiroku users' on the server."
                            : "Sign in at the proxy: this server accepts only requests that come through it.");
        }
        if (given.size() > 1) {
            throw unauthenticated("The request has more than one Authorization header.");
        }
        String[] words = given.getFirst().strip().split(" +", 2);
        String value = words.length < 2 ? "" : words[1].strip();
        return switch (words[0].toLowerCase(Locale.ROOT)) {
            case "basic" -> authenticateBasic(value, clientAddress(peer, proxy, headers));
            case "bearer" -> credentials.authenticateToken(value);
            default ->
                throw unauthenticated(
                        "The Authorization header must be Basic (user name and password) or Bearer (a token).");
        };
    }

    private Identity authenticateBasic(String encoded, String from) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
        } catch (IllegalArgumentException e) {
            throw unauthenticated("The Authorization header cannot be read.");
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw unauthenticated("The Authorization header cannot be read.");
        }
        return credentials.authenticatePassword(pair.substring(0, colon), pair.substring(colon + 1), from);
    }

    /** Returns the address for which wrong passwords are counted: that of the proxy's client, or the peer's. */
    private static String clientAddress(InetAddress peer, boolean proxy, Function<String, List<String>> headers) {
        List<String> forwarded = proxy ? headers.apply("X-Forwarded-For") : List.of();
        if (!forwarded.isEmpty()) {
            String last = forwarded
                    .getLast()
                    .substring(forwarded.getLast().lastIndexOf(',') + 1)
                    .strip();
            try {
                return InetAddress.ofLiteral(last).getHostAddress();
            } catch (IllegalArgumentException e) {
                // not an address: count for the proxy
            }
        }
        return peer.getHostAddress();
    }

    private static String requireUserName(List<String> values) {
        String name = values.getFirst().strip();
        boolean odd = name.isEmpty() || name.length() > 255 || name.chars().anyMatch(Character::isISOControl);
        if (values.size() != 1 || odd || name.equals(Caller.ANONYMOUS)) {
            throw unauthenticated("The proxy's header does not name one user.");
        }
        return name;
    }

    private static Set<String> parseGroups(List<String> values) {
        return values.stream()
                .flatMap(v -> Arrays.stream(v.split(",")))
                .map(String::strip)
                .filter(g -> !g.isEmpty())
                .collect(Collectors.toSet());
    }

    private static KirokuException unauthenticated(String message) {
        return new KirokuException(ErrorCode.UNAUTHENTICATED, message);
    }

    /** Returns the {@code WWW-Authenticate} header for 401. A browser asks for a password only for {@code Basic}. */
    public String challenge() {
        return settings.passwordsEnabled() ? "Basic realm=\"kiroku\", charset=\"UTF-8\"" : "Proxy realm=\"kiroku\"";
    }
}
