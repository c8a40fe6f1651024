package dev.kiroku.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.core.users.Credentials;
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
    public record Rules(boolean passwords, List<AddressRange> proxies, String userHeader, String groupsHeader) {
        public static final Rules NONE = new Rules(false, List.of(), "", "");

        public boolean anybody() {
            return !passwords && proxies.isEmpty();
        }
    }

    private final Rules rules;
    private final Credentials credentials;

    /** @param credentials may be null where the rules let anybody in */
    public Authenticator(Rules rules, Credentials credentials) {
        this.rules = rules;
        this.credentials = credentials;
    }

    /** For a server that asks nobody who they are. */
    public static Authenticator off() {
        return new Authenticator(Rules.NONE, null);
    }

    /**
     * @param peer the other end of the connection
     * @param headers gives all values of a header
     * @throws KirokuException UNAUTHENTICATED when the request does not show who sent it, REQUEST_LIMIT_EXCEEDED after too many guesses
     */
    public Caller authenticate(InetAddress peer, Function<String, List<String>> headers, String requestId) {
        if (rules.anybody()) {
            return Caller.anonymous(requestId);
        }
        Identity identity = identify(peer, headers);
        return new Caller(identity.name(), identity.groups(), requestId);
    }

    private Identity identify(InetAddress peer, Function<String, List<String>> headers) {
        boolean proxy = rules.proxies().stream().anyMatch(range -> range.contains(peer));
        List<String> names = proxy ? headers.apply(rules.userHeader()) : List.of();
        if (!names.isEmpty()) {
            return credentials.vouchedFor(name(names), groups(headers.apply(rules.groupsHeader())));
        }
        List<String> given = headers.apply("Authorization");
        if (!rules.passwords() || given.isEmpty()) {
            throw refusal(
                    rules.passwords()
                            ? "Sign in: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN. 'kiroku users' on the server makes them."
                            : "Sign in at the proxy before this server: requests that do not come through it are not answered.");
        }
        if (given.size() > 1) {
            throw refusal("The request has more than one Authorization header.");
        }
        String[] words = given.getFirst().strip().split(" +", 2);
        String value = words.length < 2 ? "" : words[1].strip();
        return switch (words[0].toLowerCase(Locale.ROOT)) {
            case "basic" -> basic(value, client(peer, proxy, headers));
            case "bearer" -> credentials.token(value);
            default ->
                throw refusal("The Authorization header must be Basic (user name and password) or Bearer (a token).");
        };
    }

    private Identity basic(String encoded, String from) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
        } catch (IllegalArgumentException e) {
            throw refusal("The Authorization header cannot be read.");
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw refusal("The Authorization header cannot be read.");
        }
        return credentials.password(pair.substring(0, colon), pair.substring(colon + 1), from);
    }

    /** Whom guesses are counted for: the address that the proxy saw, or the peer's. */
    private static String client(InetAddress peer, boolean proxy, Function<String, List<String>> headers) {
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

    private static String name(List<String> values) {
        String name = values.getFirst().strip();
        boolean odd = name.isEmpty() || name.length() > 255 || name.chars().anyMatch(Character::isISOControl);
        if (values.size() != 1 || odd || name.equals(Caller.ANONYMOUS)) {
            throw refusal("The proxy's header does not name one user.");
        }
        return name;
    }

    private static Set<String> groups(List<String> values) {
        return values.stream()
                .flatMap(v -> Arrays.stream(v.split(",")))
                .map(String::strip)
                .filter(g -> !g.isEmpty())
                .collect(Collectors.toSet());
    }

    private static KirokuException refusal(String message) {
        return new KirokuException(ErrorCode.UNAUTHENTICATED, message);
    }

    /** What a refused client is told to try: a browser asks for name and password only if they would help. */
    public String challenge() {
        return rules.passwords() ? "Basic realm=\"kiroku\", charset=\"UTF-8\"" : "Proxy realm=\"kiroku\"";
    }
}
