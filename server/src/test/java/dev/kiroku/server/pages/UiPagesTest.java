package dev.kiroku.server.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UiPagesTest {
    private final UiPages pages = new UiPages("/pages/", request -> Response.text(200, "text/plain", "welcome"));

    private Response get(int route, String path, Map<String, String> variables, String accepted) throws IOException {
        return pages.routes("")
                .get(route)
                .handler()
                .handle(new Request(
                        Caller.anonymous("test"),
                        new Request.Client("127.0.0.1", false),
                        "GET",
                        path,
                        Map.of(),
                        variables,
                        name -> name.equals("Accept-Encoding") ? Optional.ofNullable(accepted) : Optional.empty(),
                        null,
                        null)); // neither the client nor the body matters to pages
    }

    private static String body(Response reply) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reply.body().writer().writeTo(out);
        return out.toString().strip();
    }

    @Test
    void indexIsRevalidatedAndRestrictsScripts() throws IOException {
        Response page = get(0, "/", Map.of(), null);
        assertEquals("<!doctype html><title>pages</title>", body(page));
        assertEquals("no-cache", page.headers().get("Cache-Control"));
        String policy = page.headers().get("Content-Security-Policy");
        assertTrue(policy.contains("script-src 'self';") && !policy.contains("unsafe"), policy);
        assertFalse(page.headers().containsKey("Content-Encoding"));
    }

    @Test
    void sendsSmallestAcceptedEncoding() throws IOException {
        Response page = get(0, "/", Map.of(), "br, gzip;q=0.8");
        assertEquals("small", body(page));
        assertEquals("gzip", page.headers().get("Content-Encoding"));
        assertEquals("Accept-Encoding", page.headers().get("Vary"));
    }

    @Test
    void redirectsToTrailingSlash() throws IOException {
        Response moved = get(0, "/team/kiroku", Map.of(), null);
        assertEquals(302, moved.status());
        assertEquals("kiroku/", moved.headers().get("Location"));
    }

    @Test
    void assetsAreImmutable() throws IOException {
        Response asset = get(1, "/assets/index-Ab_1.js", Map.of("name", "index-Ab_1.js"), null);
        assertEquals("console.log(1)", body(asset));
        assertTrue(asset.headers().get("Cache-Control").contains("immutable"));
        assertEquals("text/javascript; charset=utf-8", asset.headers().get("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret.txt",
                "../index.html",
                "..",
                "gone-1.js",
                ".js",
                "a/../index.js",
                "index-Ab_1.js\0",
                "%2e%2e"
            })
    void rejectsOtherNames(String name) {
        assertThrows(KirokuException.class, () -> get(1, "/assets/" + name, Map.of("name", name), null));
    }

    @Test
    void usesFallbackWithoutBuiltPages() throws IOException {
        Response plain = new UiPages("/nowhere/", request -> Response.text(200, "text/plain", "welcome"))
                .routes("")
                .getFirst()
                .handler()
                .handle(new Request(
                        Caller.anonymous("test"),
                        new Request.Client("127.0.0.1", false),
                        "GET",
                        "/",
                        Map.of(),
                        Map.of(),
                        name -> Optional.empty(),
                        null,
                        null)); // neither the client nor the body matters to pages
        assertEquals("welcome", body(plain));
    }

    /** A pattern with nested repetition would exhaust the stack. */
    @ParameterizedTest
    @ValueSource(strings = {"a.", ".", "a", "-.js"})
    void longNamesAreNotFound(String part) {
        String name = part.repeat(100_000);
        KirokuException missing =
                assertThrows(KirokuException.class, () -> get(1, "/assets/" + name, Map.of("name", name), null));
        assertEquals(ErrorCode.ENDPOINT_NOT_FOUND, missing.code());
    }
}
