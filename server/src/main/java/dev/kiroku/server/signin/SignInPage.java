package dev.kiroku.server.signin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.UriDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The frame of the pages for people who are not signed in: one file without external resources, in the style of the web UI. It works without
 * scripts; its only script applies the theme and language that were chosen in the web UI.
 */
final class SignInPage {
    /** In characters. Parsing of a list of languages takes quadratic time. */
    private static final int MAX_LANGUAGES_LENGTH = 500;

    private static final int MAX_FORM_BYTES = 16 << 10;

    private final String style = read("page.css");
    private final String script = read("page.js");
    private final String contentSecurityPolicy = "default-src 'none'; style-src '" + hash(style) + "'; script-src '"
            + hash(script) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static String read(String name) {
        try (InputStream in = SignInPage.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Returns a page.
     *
     * @param texts the language of the page
     * @param content HTML
     */
    Response render(int status, SignInTexts texts, String title, String content) {
        return render(status, texts, title, content, "");
    }

    /** Returns a page that goes on to a URL by itself; without one, a page that stays. */
    Response renderRedirect(SignInTexts texts, String title, String content, Optional<URI> url) {
        String head = url.map(u -> "<meta http-equiv=\"refresh\" content=\"0; url=" + escape(u.toString()) + "\">\n")
                .orElse("");
        return render(200, texts, title, content, head);
    }

    private Response render(int status, SignInTexts texts, String title, String content, String head) {
        String html = "<!doctype html>\n<html lang=\"" + texts.language() + "\">\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" + head
                + "<title>" + escape(title) + " – Kiroku</title>\n<style>" + style + "</style>\n<script>" + script
                + "</script>\n<main>\n<p class=\"brand\">Kiroku<span lang=\"ja\">記録</span></p>\n<h1>" + escape(title)
                + "</h1>\n" + content + "</main>\n</html>\n";
        return Response.text(status, "text/html; charset=utf-8", html)
                .withHeader("Content-Security-Policy", contentSecurityPolicy)
                .withHeader("Content-Language", texts.language())
                .withHeader("Cache-Control", "no-store")
                .withHeader("Referrer-Policy", "same-origin")
                .withHeader("Vary", "Accept-Language");
    }

    /** Returns the texts in the language of the query parameter {@code lang}, or else in the one that the browser prefers. */
    static SignInTexts texts(Request request) {
        String preferred = request.queryParameter("lang")
                .orElse(request.header("Accept-Language").orElse(""));
        if (preferred.length() > MAX_LANGUAGES_LENGTH) {
            return SignInTexts.ENGLISH;
        }
        try {
            String best = Locale.lookupTag(Locale.LanguageRange.parse(preferred), List.of("en", "ja"));
            return "ja".equals(best) ? SignInTexts.JAPANESE : SignInTexts.ENGLISH;
        } catch (IllegalArgumentException e) {
            return SignInTexts.ENGLISH; // not a list of languages
        }
    }

    /** Returns the fields of a form. */
    static Map<String, List<String>> readForm(Request request) throws IOException {
        byte[] body = request.body().readUpTo(MAX_FORM_BYTES + 1);
        if (body.length > MAX_FORM_BYTES) {
            throw new KirokuException(ErrorCode.BAD_REQUEST, "The form is too large.");
        }
        return UriDecoder.decodeQuery(new String(body, UTF_8));
    }

    /** Returns a text for use in HTML, also in attributes in double quotes. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
