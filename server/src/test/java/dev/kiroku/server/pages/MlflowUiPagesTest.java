package dev.kiroku.server.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MlflowUiPagesTest {
    private static final String SCRIPT = "console.log('large enough to be worth it');".repeat(100);

    @TempDir
    private Path folder;

    @BeforeEach
    void build() throws IOException {
        Path js = Files.createDirectories(folder.resolve("build/static/js"));
        Files.writeString(folder.resolve("build/index.html"), "<!doctype html>");
        Files.writeString(folder.resolve("build/manifest.json"), "{}");
        Files.writeString(js.resolve("main.c2f5f8d4.js"), SCRIPT);
        Files.writeString(js.resolve("notes.exe"), "no page needs this");
        Files.writeString(folder.resolve("secret.json"), "{}");
        Files.createSymbolicLink(js.resolve("link.json"), folder.resolve("secret.json"));
    }

    private Response get(int route, Map<String, String> variables, String accepted) throws IOException {
        return new MlflowUiPages(folder.resolve("build"))
                .routes()
                .get(route)
                .handler()
                .handle(new Request(
                        Caller.anonymous("test"),
                        new Request.Client("127.0.0.1", false),
                        "GET",
                        "/",
                        Map.of(),
                        variables,
                        name -> name.equals("Accept-Encoding") ? Optional.ofNullable(accepted) : Optional.empty(),
                        null,
                        null)); // neither the client nor the body matters to pages
    }

    private Response file(String path, String accepted) throws IOException {
        return get(1, Map.of("path", path), accepted);
    }

    private static byte[] body(Response reply) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reply.body().writer().writeTo(out);
        return out.toByteArray();
    }

    @Test
    void indexAllowsOnlyScriptsOfThisServer() throws IOException {
        Response page = get(0, Map.of(), null);
        String policy = page.headers().get("Content-Security-Policy");
        assertTrue(
                policy.contains("script-src 'self' 'unsafe-eval';")
                        && !policy.contains("http")
                        && policy.contains("connect-src 'self';"),
                policy);
        assertEquals("no-cache", page.headers().get("Cache-Control"));
    }

    @Test
    void filesWithHashedNamesAreImmutable() throws IOException {
        assertTrue(file("static/js/main.c2f5f8d4.js", null)
                .headers()
                .get("Cache-Control")
                .contains("immutable"));
        assertEquals("no-cache", file("manifest.json", null).headers().get("Cache-Control"));
    }

    @Test
    void compressesLargeTextForClientsThatAcceptGzip() throws IOException {
        Response zipped = file("static/js/main.c2f5f8d4.js", "gzip, br");
        assertEquals("gzip", zipped.headers().get("Content-Encoding"));
        assertArrayEquals(
                SCRIPT.getBytes(), new GZIPInputStream(new ByteArrayInputStream(body(zipped))).readAllBytes());
        assertFalse(file("manifest.json", "gzip").headers().containsKey("Content-Encoding"));
        assertArrayEquals(SCRIPT.getBytes(), body(file("static/js/main.c2f5f8d4.js", null)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.json",
                "static/../../secret.json",
                "static/js/link.json",
                "static/js/notes.exe",
                "static",
                "",
                "/etc/hosts.txt",
                "none.js",
                "a\0b.js"
            })
    void rejectsOtherPaths(String path) {
        assertThrows(KirokuException.class, () -> file(path, null));
    }
}
