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
 * Finds out who sends a request: by a password or token ({@code Authorization: Basic} or {@code Bearer}, as MLflow's clients send them),
 * or by the headers in which a proxy before this server names whom it has let in. Such headers count from the proxy's address alone:
 * anybody else could write them.
 */
public final class Authenticator {
    /**
     * Whose word is taken.
     *
     * @param passwords whether users sign in here
     * @param proxies whence the headers are believed; empty for nowhere
     * @param userHeader in which such a proxy names the user
     * @param groupsHeader in which it lists the user's groups, separated by commas
     */
    public record AuthenticationSettings(
            boolean passwordsEnabled, List<AddressRange> trustedProxies, String userHeader, String groupsHeader) {
        public static final AuthenticationSettings ANONYMOUS = new AuthenticationSettings(false, List.of(), "", "");

        public boolean allowsAnonymous() {
            return !passwordsEnabled && trustedProxies.isEmpty();
        }
    }

    private final AuthenticationSettings settings;
    private final CredentialVerifier credentials;

    /** @param credentials may be null where the rules let anybody in */
    public Authenticator(AuthenticationSettings rules, CredentialVerifier credentials) {
        this.settings = rules;
        this.credentials = credentials;
    }

    /** For a server that asks nobody who they are. */
    public static Authenticator disabled() {
        return new Authenticator(AuthenticationSettings.ANONYMOUS, null);
    }

    /**
     * @param peer the other end of the connection
     * @param headers gives all values of a header
     * @throws KirokuException UNAUTHENTICATED when the request does not show who sent it, REQUEST_LIMIT_EXCEEDED after too many guesses
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
                            ? "Sign in: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN. 'kiroku users' on the server makes them."
                            : "Sign in at the proxy before this server: requests that do not come through it are not answered.");
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

    /** Whom guesses are counted for: the address that the proxy saw, or the peer's. */
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
                // no address: the proxy's own counts
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

    /** What a refused client is told to try: a browser asks for name and password only if they would help. */
    public String challenge() {
        return settings.passwordsEnabled() ? "Basic realm=\"kiroku\", charset=\"UTF-8\"" : "Proxy realm=\"kiroku\"";
    }
}
