package dev.kiroku.server.signin;

import static dev.kiroku.server.signin.SignInPage.escape;

import dev.kiroku.core.users.Sessions;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.SessionCookie;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sign-in on a page, by user name and password or at an OpenID provider, and sign-out. The page's form is sent to its own URL, so that the browser keeps the part after
 * {@code #}, which names the page of the web UI to return to. Requests from other sites are refused before they get here.
 */
public final class SignInRoutes {
    /** The path to which the web UI sends a POST to sign out. */
    static final String SIGN_OUT_PATH = "/sign-out";

    private final Sessions sessions;
    private final OidcSignIn oidc;
    private final SignInPage page = new SignInPage();

    /**
     * @param sessions the sessions that begin and end here
     * @param oidc the sign-in at an OpenID provider; null for that by password
     */
    public SignInRoutes(Sessions sessions, OidcSignIn oidc) {
        this.sessions = sessions;
        this.oidc = oidc;
    }

    /** Returns the routes. */
    public List<Route> routes() {
        Route signOut = Route.open(HttpMethod.POST, SIGN_OUT_PATH, this::signOut);
        if (oidc == null) {
            return List.of(
                    Route.open(HttpMethod.GET, Authenticator.SIGN_IN_PATH, request -> form(200, request, "")),
                    Route.open(HttpMethod.POST, Authenticator.SIGN_IN_PATH, this::signIn),
                    signOut);
        }
        List<Route> routes = new ArrayList<>(oidc.routes());
        routes.add(Route.open(HttpMethod.GET, Authenticator.SIGN_IN_PATH, this::providerLink));
        routes.add(signOut);
        return routes;
    }

    /** A link and not a form: browsers apply the page's rule for the target of forms also to redirects. */
    private Response providerLink(Request request) {
        SignInTexts texts = SignInPage.texts(request);
        return page.render(
                200,
                texts,
                texts.signIn(),
                "<a class=\"button\" id=\"start\" href=\"" + escape(OidcSignIn.startLocation(request)) + "\">"
                        + escape(texts.signInAtProvider()) + "</a>\n");
    }

    private Response form(int status, Request request, String error) {
        SignInTexts texts = SignInPage.texts(request);
        String content = (error.isEmpty() ? "" : "<p class=\"error\" role=\"alert\">" + escape(error) + "</p>\n")
                + "<form method=\"post\">\n<label>" + escape(texts.userName())
                + "<input name=\"username\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" required autofocus></label>\n<label>"
                + escape(texts.password())
                + "<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\n<button>"
                + escape(texts.signIn()) + "</button>\n</form>\n";
        return page.render(status, texts, texts.signIn(), content);
    }

    private Response signIn(Request request) throws IOException {
        Map<String, List<String>> fields = SignInPage.readForm(request);
        String secret;
        try {
            secret = sessions.startWithPassword(
                    first(fields, "username"),
                    first(fields, "password"),
                    request.client().address(),
                    requestId(request));
        } catch (KirokuException e) {
            SignInTexts texts = SignInPage.texts(request);
            return switch (e.code()) {
                case UNAUTHENTICATED ->
                    form(401, request, texts.wrongPassword())
                            .withHeader("WWW-Authenticate", "Session realm=\"kiroku\"");
                case REQUEST_LIMIT_EXCEEDED -> form(429, request, texts.tooManyAttempts());
                default -> throw e;
            };
        }
        endSession(request);
        return SessionCookie.set(
                Response.empty(303).withHeader("Location", ReturnLocation.of(request)),
                secret,
                sessions.lifetime(),
                request.client().secure());
    }

    private Response signOut(Request request) {
        endSession(request);
        SignInTexts texts = SignInPage.texts(request);
        String link = "<a class=\"button\" href=\"./\">" + escape(texts.signInAgain()) + "</a>\n";
        // A page and not a redirect, which the pages' rule for the target of forms would not allow.
        Response response = oidc == null
                ? page.render(200, texts, texts.signedOut(), link)
                : oidc.signOut(request, url -> page.renderRedirect(texts, texts.signedOut(), link, url));
        return SessionCookie.clear(response, request.client().secure());
    }

    /** Ends the session that the browser has; a new sign-in gets a new secret. */
    private void endSession(Request request) {
        SessionCookie.find(SessionCookie.NAME, request.header("Cookie"))
                .ifPresent(secret -> sessions.end(secret, requestId(request)));
    }

    private static String requestId(Request request) {
        return request.caller().requestId();
    }

    private static String first(Map<String, List<String>> fields, String name) {
        return fields.getOrDefault(name, List.of("")).getFirst();
    }
}
