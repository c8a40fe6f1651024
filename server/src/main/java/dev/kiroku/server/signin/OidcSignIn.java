package dev.kiroku.server.signin;

import static dev.kiroku.server.signin.SignInPage.escape;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Identity;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.SessionCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sign-in at an OpenID provider, by the authorization code flow. A random value in a cookie ties the flow to the browser that began it: state,
 * nonce and code verifier are derived from it, so the server keeps nothing until the sign-in has succeeded. Thread-safe.
 */
public final class OidcSignIn implements AutoCloseable {
    static final String START_PATH = "/sign-in-start";
    private static final String CALLBACK_PATH = "/sign-in-callback";
    private static final String ATTEMPT_COOKIE = "kiroku_sign_in_";
    private static final String ID_TOKEN_COOKIE = "kiroku_id_token";
    /** Browsers ignore larger cookies. */
    private static final int MAX_COOKIE_LENGTH = 3900;

    private static final Duration ATTEMPT_LIFETIME = Duration.ofMinutes(10);
    private static final int SECRET_BYTES = 32;
    private static final int COOKIE_ID_LENGTH = 8;

    private final Logger log = LoggerFactory.getLogger(OidcSignIn.class);
    private final OidcSettings settings;
    private final OidcProvider provider;
    private final OidcClaims claims;
    private final CredentialVerifier credentials;
    private final Sessions sessions;
    private final String prefix;
    private final SecureRandom random;
    private final SignInPage page = new SignInPage();

    /**
     * Creates the sign-in and begins to read the provider's configuration.
     *
     * @param prefix the prefix of every path of this server, or empty
     */
    public OidcSignIn(
            OidcSettings settings,
            CredentialVerifier credentials,
            Sessions sessions,
            String prefix,
            SecureRandom random) {
        this.settings = settings;
        this.provider = new OidcProvider(settings);
        this.claims = new OidcClaims(settings);
        this.credentials = credentials;
        this.sessions = sessions;
        this.prefix = prefix;
        this.random = random;
        provider.connectInBackground();
    }

    /** Returns the routes. */
    List<Route> routes() {
        return List.of(
                Route.open(HttpMethod.GET, START_PATH, this::start),
                Route.open(HttpMethod.GET, CALLBACK_PATH, this::finish));
    }

    /**
     * Returns the user of a token of the provider that a program sent.
     *
     * @throws KirokuException with {@code UNAUTHENTICATED} if the token is not valid, with {@code PERMISSION_DENIED} if the user may not sign in
     */
    public Identity authenticate(String token) {
        Identity user = claims.toIdentity(provider.verify(token));
        return credentials.resolveExternalUser(user.name(), user.groups());
    }

    /** Returns the URL relative to the sign-in page at which the sign-in begins. */
    static String startLocation(Request request) {
        String next = request.queryParameter(Authenticator.RETURN_PARAMETER).orElse("");
        return START_PATH.substring(1)
                + (next.isEmpty() ? "" : "?" + Authenticator.RETURN_PARAMETER + "=" + URLEncoder.encode(next, UTF_8));
    }

    private Response start(Request request) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String value = encode(secret);
        OidcProvider.Attempt attempt = attempt(value);
        URI url;
        try {
            url = provider.authorizationUrl(attempt, baseUrl(request, CALLBACK_PATH));
        } catch (KirokuException e) {
            return failure(request, e);
        }
        String next = request.queryParameter(Authenticator.RETURN_PARAMETER).orElse("");
        String cookie = value + "."
                + encode(next.substring(0, Math.min(next.length(), 2000)).getBytes(UTF_8));
        return Response.empty(303)
                .withHeader("Location", url.toString())
                .withHeader("Cache-Control", "no-store")
                .withCookie(SessionCookie.cookie(
                        cookieName(attempt.state()),
                        cookie,
                        ATTEMPT_LIFETIME,
                        request.client().secure()));
    }

    private Response finish(Request request) {
        String state = request.queryParameter("state").orElse("");
        Optional<String> cookie = SessionCookie.find(cookieName(state), request.header("Cookie"));
        try {
            String[] parts = cookie.orElse("").split("\\.", 2);
            OidcProvider.Attempt attempt = attempt(parts[0]);
            if (cookie.isEmpty()
                    || !MessageDigest.isEqual(
                            state.getBytes(UTF_8), attempt.state().getBytes(UTF_8))) {
                return failure(request, 400, SignInPage.texts(request).signInExpired());
            }
            return finish(request, attempt, ReturnLocation.of(decode(parts.length < 2 ? "" : parts[1])))
                    .withCookie(SessionCookie.cookie(
                            cookieName(state),
                            "",
                            Duration.ZERO,
                            request.client().secure()));
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED || e.code() == ErrorCode.PERMISSION_DENIED) {
                credentials.noteExternalFailure(request.client().address());
            }
            return failure(request, e);
        }
    }

    private Response finish(Request request, OidcProvider.Attempt attempt, String location) {
        request.queryParameter("iss").ifPresent(issuer -> {
            if (!issuer.equals(settings.issuer().toString())) {
                throw new KirokuException(ErrorCode.UNAUTHENTICATED, "The answer is of another provider.");
            }
        });
        Optional<String> error = request.queryParameter("error");
        if (error.isPresent()) {
            throw new KirokuException(
                    ErrorCode.UNAUTHENTICATED,
                    "The provider says: " + error.get() + " "
                            + request.queryParameter("error_description").orElse(""));
        }
        String code = request.queryParameter("code").orElse("");
        if (code.isBlank()) {
            throw new KirokuException(ErrorCode.UNAUTHENTICATED, "The answer of the provider has no code.");
        }
        OidcProvider.SignedIn user = provider.exchange(code, attempt, baseUrl(request, CALLBACK_PATH));
        Identity identity = claims.toIdentity(user.claims());
        SessionCookie.find(SessionCookie.NAME, request.header("Cookie"))
                .ifPresent(old -> sessions.end(old, request.caller().requestId()));
        String secret = sessions.startFor(identity, request.caller().requestId());
        boolean secure = request.client().secure();
        Response response = SessionCookie.set(
                Response.empty(303).withHeader("Location", location).withHeader("Cache-Control", "no-store"),
                secret,
                sessions.lifetime(),
                secure);
        if (user.idToken().length() > MAX_COOKIE_LENGTH) {
            return response;
        }
        return response.withCookie(idTokenCookie(request, user.idToken(), sessions.lifetime()));
    }

    /**
     * Returns a page of somebody who has signed out here.
     *
     * @param page returns the page that goes on to the URL of the provider at which they sign out there; it may have none
     */
    Response signOut(Request request, Function<Optional<URI>, Response> page) {
        Optional<URI> url = provider.signOutUrl(
                SessionCookie.find(ID_TOKEN_COOKIE, request.header("Cookie")),
                baseUrl(request, Authenticator.SIGN_IN_PATH));
        return page.apply(url).withCookie(idTokenCookie(request, "", Duration.ZERO));
    }

    /** Returns a cookie for the sign-out only, where the token is a hint for the provider. */
    private String idTokenCookie(Request request, String token, Duration lifetime) {
        return SessionCookie.cookie(
                        ID_TOKEN_COOKIE, token, lifetime, request.client().secure()) + "; Path="
                + baseUrl(request, SignInRoutes.SIGN_OUT_PATH).getRawPath();
    }

    /** Returns the absolute URL of a path for the browser that sent a request. The Host header is one of the accepted ones. */
    private URI baseUrl(Request request, String path) {
        String base = settings.publicUrl() != null
                ? settings.publicUrl().toString()
                : (request.client().secure() ? "https://" : "http://")
                        + request.header("Host").orElse("localhost")
                        + prefix;
        return URI.create(base + path);
    }

    private Response failure(Request request, KirokuException e) {
        SignInTexts texts = SignInPage.texts(request);
        return switch (e.code()) {
            case PERMISSION_DENIED -> failure(request, 403, e.getMessage());
            case TEMPORARILY_UNAVAILABLE -> {
                log.warn("{}", e.getMessage());
                yield failure(request, 503, texts.providerUnreachable());
            }
            case UNAUTHENTICATED -> {
                log.warn("sign-in failed: {}", e.getMessage().replaceAll("\\p{Cntrl}", " "));
                yield failure(request, 400, texts.signInFailed() + " " + e.getMessage());
            }
            default -> throw e;
        };
    }

    private Response failure(Request request, int status, String message) {
        SignInTexts texts = SignInPage.texts(request);
        return page.render(
                status,
                texts,
                texts.signIn(),
                "<p class=\"error\" role=\"alert\">" + escape(message) + "</p>\n<a class=\"button\" href=\"./\">"
                        + escape(texts.signInAgain()) + "</a>\n");
    }

    private static OidcProvider.Attempt attempt(String secret) {
        return new OidcProvider.Attempt(
                derive("state", secret), derive("nonce", secret), derive("code verifier", secret));
    }

    /** Returns a value from which neither the secret nor the other values can be computed. */
    private static String derive(String purpose, String secret) {
        try {
            return encode(MessageDigest.getInstance("SHA-256").digest((purpose + " " + secret).getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Returns the name of the cookie of one attempt: several tabs may sign in at the same time. */
    private static String cookieName(String state) {
        String id = state.length() < COOKIE_ID_LENGTH ? "" : state.substring(0, COOKIE_ID_LENGTH);
        return ATTEMPT_COOKIE + (id.matches("[A-Za-z0-9_-]+") ? id : "");
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String decode(String text) {
        try {
            return new String(Base64.getUrlDecoder().decode(text.getBytes(US_ASCII)), UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    @Override
    public void close() {
        provider.close();
    }
}
