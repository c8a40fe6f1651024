package dev.kiroku.server.signin;

import static dev.kiroku.server.signin.SignInPage.escape;

import dev.kiroku.core.users.DeviceLogins;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.security.SessionCookie;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page on which a user who is signed in lets a program sign in, too. */
public final class DeviceLoginRoutes {
    private static final String PATH = "/device";
    private static final String CODE = "code";

    private final DeviceLogins logins;
    private final SignInPage page = new SignInPage();

    /** Creates the routes of the sign-ins of programs. */
    public DeviceLoginRoutes(DeviceLogins logins) {
        this.logins = logins;
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return List.of(
                new Route(HttpMethod.GET, PATH, ResourceType.SERVER.read(), this::show),
                new Route(HttpMethod.POST, PATH, ResourceType.SERVER.read(), this::decide));
    }

    private Response show(Request request) {
        requireSession(request);
        SignInTexts texts = SignInPage.texts(request);
        String code = request.queryParameter(CODE).orElse("");
        Optional<String> client = code.isBlank() ? Optional.empty() : logins.findClient(code);
        if (client.isEmpty()) {
            String error =
                    code.isBlank() ? "" : "<p class=\"error\" role=\"alert\">" + escape(texts.unknownCode()) + "</p>\n";
            return page.render(
                    code.isBlank() ? 200 : 404,
                    texts,
                    texts.signInProgram(),
                    error + "<form method=\"get\">\n<label>" + escape(texts.code())
                            + "<input name=\"code\" autocomplete=\"off\" autocapitalize=\"characters\" required autofocus></label>\n<button>"
                            + escape(texts.proceed()) + "</button>\n</form>\n");
        }
        return page.render(
                200,
                texts,
                texts.signInProgram(),
                "<p>" + escape(texts.compareCode()) + "</p>\n<p class=\"code\">"
                        + escape(DeviceLogins.normalize(code)) + "</p>\n<p>"
                        + escape(texts.requestedBy() + " " + client.get()) + "</p>\n<p>"
                        + escape(texts.signInAs() + " " + request.caller().name())
                        + "</p>\n<form method=\"post\">\n<input type=\"hidden\" name=\"code\" value=\"" + escape(code)
                        + "\">\n<button name=\"decision\" value=\"approve\">" + escape(texts.approve())
                        + "</button>\n<button class=\"plain\" name=\"decision\" value=\"deny\">" + escape(texts.deny())
                        + "</button>\n</form>\n");
    }

    private Response decide(Request request) throws IOException {
        String session = requireSession(request);
        SignInTexts texts = SignInPage.texts(request);
        Map<String, List<String>> form = SignInPage.readForm(request);
        String code = form.getOrDefault(CODE, List.of("")).getFirst();
        boolean approved = form.getOrDefault("decision", List.of("")).contains("approve");
        boolean found = approved ? logins.approve(code, session) : logins.deny(code);
        String title = !found ? texts.unknownCode() : approved ? texts.programSignedIn() : texts.programDenied();
        return page.render(found ? 200 : 404, texts, title, "<p>" + escape(texts.closePage()) + "</p>\n");
    }

    /** Returns the secret of the browser's session, which the program's session is a copy of. */
    private static String requireSession(Request request) {
        return SessionCookie.find(SessionCookie.NAME, request.header("Cookie"))
                .orElseThrow(() -> new KirokuException(
                        ErrorCode.PERMISSION_DENIED, "Only a browser that is signed in can let a program sign in."));
    }
}
