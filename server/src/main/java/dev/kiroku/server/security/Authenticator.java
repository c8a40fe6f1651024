package dev.kiroku.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Identity;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.Caller;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Authenticates requests: by user name and password or token ({@code Authorization: Basic} or {@code Bearer}, as MLflow's clients send them),
 * by the session of a browser, or by the headers of a trusted proxy that names the user. Thread-safe.
 */
public final class Authenticator {
    /** The path of the page on which people sign in. */
    public static final String SIGN_IN_PATH = "/sign-in";

    /** The query parameter of the sign-in page that names the page to return to, relative to the server's root. */
    public static final String RETURN_PARAMETER = "next";

    /** A way to authenticate. */
    public enum SignInMethod {
        /** By the password or a token of a user of this server. */
        PASSWORD,
        /** By a trusted proxy, which names the user in a header. */
        PROXY,
        /** At an OpenID provider. Programs send a token of the provider or of a user of this server. */
        OIDC
    }

    /**
     * Which credentials are accepted.
     *
     * @param methods none to accept every request as anonymous
     * @param trustedProxies the proxies whose headers are believed
     * @param userHeader the header with the user's name
     * @param groupsHeader the header with the user's groups, separated by commas
     * @param defaultPermission what users may do to resources on which they have no grant
     */
    public record AuthenticationSettings(
            Set<SignInMethod> methods,
            TrustedProxies trustedProxies,
            String userHeader,
            String groupsHeader,
            PermissionLevel defaultPermission) {
        /** Accepts every request as anonymous. */
        public static final AuthenticationSettings ANONYMOUS =
                new AuthenticationSettings(Set.of(), new TrustedProxies(List.of()), "", "", PermissionLevel.MANAGE);

        /** Returns whether requests need no credentials. */
        public boolean allowsAnonymous() {
            return methods.isEmpty();
        }

        /** Returns whether people sign in on a page of this server. */
        public boolean hasSignInPage() {
            return methods.contains(SignInMethod.PASSWORD) || methods.contains(SignInMethod.OIDC);
        }
    }

    private final AuthenticationSettings settings;
    private final CredentialVerifier credentials;
    private final Sessions sessions;
    private final Function<String, Identity> providerTokens;

    /**
     * Creates an authenticator.
     *
     * @param credentials may be null if the settings allow anonymous requests
     * @param sessions may be null if the settings allow anonymous requests
     * @param providerTokens verifies tokens of the OpenID provider; may be null if the settings do not name that method
     */
    public Authenticator(
            AuthenticationSettings settings,
            CredentialVerifier credentials,
            Sessions sessions,
            Function<String, Identity> providerTokens) {
        this.settings = settings;
        this.credentials = credentials;
        this.sessions = sessions;
        this.providerTokens = providerTokens;
    }

    /** Returns an authenticator that accepts every request as anonymous. */
    public static Authenticator disabled() {
        return new Authenticator(AuthenticationSettings.ANONYMOUS, null, null, null);
    }

    /** Returns the proxies whose headers are believed. */
    public TrustedProxies trustedProxies() {
        return settings.trustedProxies();
    }

    /**
     * Returns the user who sent a request.
     *
     * @param peer the address of the other end of the connection
     * @param client the client, which is not the peer behind a proxy
     * @param headers returns all values of a header
     * @throws KirokuException with {@code UNAUTHENTICATED} if the credentials are missing or wrong, with {@code REQUEST_LIMIT_EXCEEDED} after
     *     too many wrong passwords
     */
    public Caller authenticate(
            InetAddress peer, Request.Client client, Function<String, List<String>> headers, String requestId) {
        if (settings.allowsAnonymous()) {
            return Caller.anonymous(requestId);
        }
        Identity identity = identify(peer, client, headers);
        return new Caller(
                identity.name(),
                identity.activeGroups(),
                requestId,
                identity.grants()
                        .withServerDefault(settings.defaultPermission())
                        .restrictedTo(identity.scope()),
                identity.session());
    }

    private Identity identify(InetAddress peer, Request.Client client, Function<String, List<String>> headers) {
        if (settings.methods().contains(SignInMethod.PROXY)
                && settings.trustedProxies().contains(peer)) {
            List<String> names = headers.apply(settings.userHeader());
            if (!names.isEmpty()) {
                return credentials.resolveExternalUser(
                        requireUserName(names), parseGroups(headers.apply(settings.groupsHeader())));
            }
        }
        List<String> authorization = headers.apply("Authorization");
        if (!authorization.isEmpty() && settings.hasSignInPage()) {
            return authenticateHeader(authorization, client);
        }
        return SessionCookie.find(
                        SessionCookie.NAME, headers.apply("Cookie").stream().findFirst())
                .filter(_ -> settings.hasSignInPage())
                .flatMap(sessions::find)
                .orElseThrow(() -> unauthenticated(signInHint()));
    }

    private String signInHint() {
        if (settings.methods().contains(SignInMethod.PASSWORD)) {
            return "Sign in: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN. Create them with 'kiroku users' on the server.";
        }
        if (settings.methods().contains(SignInMethod.OIDC)) {
            return "Sign in: set MLFLOW_TRACKING_TOKEN to a token of the OpenID provider, or to one of 'kiroku users token create'.";
        }
        return "Sign in at the proxy: this server accepts only requests that come through it.";
    }

    private Identity authenticateHeader(List<String> values, Request.Client client) {
        if (values.size() > 1) {
            throw unauthenticated("The request has more than one Authorization header.");
        }
        String header = values.getFirst().strip();
        int space = header.indexOf(' ');
        String scheme = space < 0 ? header : header.substring(0, space);
        String value = space < 0 ? "" : header.substring(space + 1).strip();
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "basic" -> authenticateBasic(value, client.address());
            case "bearer" -> authenticateBearer(value, client.address());
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
        if (colon < 0 || hasControlCharacter(pair.substring(0, colon))) {
            throw unauthenticated("The Authorization header cannot be read.");
        }
        String password = pair.substring(colon + 1);
        if (!settings.methods().contains(SignInMethod.PASSWORD) && !CredentialVerifier.isToken(password)) {
            throw unauthenticated("This server accepts no passwords. " + signInHint());
        }
        return credentials.authenticatePassword(pair.substring(0, colon), password, from);
    }

    private Identity authenticateBearer(String token, String from) {
        if (token.startsWith(Sessions.SECRET_PREFIX)) { // of 'kiroku login'
            return sessions.find(token)
                    .orElseThrow(() -> unauthenticated("The session has ended. Run 'kiroku login' again."));
        }
        boolean ofProvider = settings.methods().contains(SignInMethod.OIDC) && !CredentialVerifier.isToken(token);
        return ofProvider ? authenticateAtProvider(token, from) : credentials.authenticateToken(token, from);
    }

    private Identity authenticateAtProvider(String token, String from) {
        try {
            return providerTokens.apply(token);
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED || e.code() == ErrorCode.PERMISSION_DENIED) {
                credentials.noteExternalFailure(from);
            }
            throw e;
        }
    }

    private static String requireUserName(List<String> values) {
        String name = values.getFirst().strip();
        boolean odd = name.isEmpty() || name.length() > 255 || hasControlCharacter(name);
        if (values.size() != 1 || odd || name.equals(Caller.ANONYMOUS)) {
            throw unauthenticated("The proxy's header does not name one user.");
        }
        return name;
    }

    /** Returns whether a name has a character that no name has. PostgreSQL cannot look up NUL. */
    private static boolean hasControlCharacter(String name) {
        return name.chars().anyMatch(Character::isISOControl);
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

    /**
     * Returns the response to a request without valid credentials. A browser that opens a page is sent to the sign-in page; a program gets the
     * refusal with a challenge. A page's own requests get no challenge for a password, because the browser would ask for it in a box of its own.
     *
     * @param refusal the error in MLflow's form
     * @param path the path and query, without the prefix of the server
     * @param header returns the first value of a header
     */
    public Response challenge(Response refusal, String method, String path, Function<String, Optional<String>> header) {
        if (!settings.hasSignInPage()) {
            return refusal.withHeader("WWW-Authenticate", "Proxy realm=\"kiroku\"");
        }
        boolean browser = header.apply("User-Agent").orElse("").contains("Mozilla/");
        if (!browser || header.apply("Authorization").isPresent()) {
            return refusal.withHeader("WWW-Authenticate", "Basic realm=\"kiroku\", charset=\"UTF-8\"");
        }
        if (method.equals("GET") && opensPage(header)) {
            return Response.empty(302)
                    .withHeader("Location", signInLocation(path))
                    .withHeader("Cache-Control", "no-store");
        }
        return refusal.withHeader("WWW-Authenticate", "Session realm=\"kiroku\"");
    }

    /** Returns whether the response will be a page in a tab, and not data for a script or the content of a frame. */
    private static boolean opensPage(Function<String, Optional<String>> header) {
        return header.apply("Accept").orElse("").contains("text/html")
                && header.apply("Sec-Fetch-Dest").orElse("document").equals("document");
    }

    /** Returns the URL of the sign-in page relative to a path, because a proxy may have put a prefix before it. */
    private static String signInLocation(String path) {
        String inRoot = path.substring(1);
        long depth =
                inRoot.replaceFirst("\\?.*", "").chars().filter(c -> c == '/').count();
        return "../".repeat((int) depth)
                + SIGN_IN_PATH.substring(1)
                + (inRoot.isEmpty() ? "" : "?" + RETURN_PARAMETER + "=" + URLEncoder.encode(inRoot, UTF_8));
    }
}
