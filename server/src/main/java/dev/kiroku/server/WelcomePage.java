package dev.kiroku.server;

import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The page at {@code /} of a server that was built without the web UI. One file without scripts. */
final class WelcomePage {
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final String template;
    private final String scheme;
    private final String prefix;

    /** @param scheme http or https */
    WelcomePage(String scheme, String prefix) {
        this.scheme = scheme;
        this.prefix = prefix;
        try (InputStream in = WelcomePage.class.getResourceAsStream("welcome.html")) {
            this.template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the page with the URL that the client used. */
    Response handle(Request request) {
        // The header has been compared with patterns only: restricted to the characters of a host and port before it
        // goes
        // into a page.
        String host = request.header("Host")
                .filter(h -> h.matches("[A-Za-z0-9.:\\[\\]-]{1,255}"))
                .orElse("127.0.0.1:5000");
        String html = template.replace("${url}", scheme + "://" + host + prefix)
                .replace("${prefix}", prefix)
                .replace("${version}", KirokuVersion.CURRENT);
        return Response.text(200, "text/html; charset=utf-8", html)
                .withHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    }
}
