package dev.kiroku.server;

import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The page at {@code /}: what runs here, and what to do next. It is one file without scripts. */
final class WelcomePage {
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final String template;
    private final String prefix;

    WelcomePage(String prefix) {
        this.prefix = prefix;
        try (InputStream in = WelcomePage.class.getResourceAsStream("welcome.html")) {
            this.template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Response handle(Request request) {
        // The Host header has been checked, but only against patterns: no more of it goes into a page than a host and a
        // port can hold.
        String host = request.header("Host")
                .filter(h -> h.matches("[A-Za-z0-9.:\\[\\]-]{1,255}"))
                .orElse("127.0.0.1:5000");
        String html = template.replace("${url}", "http://" + host + prefix)
                .replace("${prefix}", prefix)
                .replace("${version}", KirokuVersion.CURRENT);
        return Response.text(200, "text/html; charset=utf-8", html)
                .withHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    }
}
