package dev.kiroku.cli.artifacts;

import static dev.kiroku.cli.artifacts.ArtifactTestServer.SERVED;
import static dev.kiroku.cli.artifacts.ArtifactTestServer.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the artifact API over HTTP that hold for every artifact store. */
abstract class AbstractArtifactHttpTest {
    protected abstract ArtifactTestServer server();

    private String folder;

    @BeforeEach
    void createFolder() {
        folder = UUID.randomUUID().toString();
    }

    private String url(String name) {
        return SERVED + "/" + folder + "/" + encoded(name);
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    private static void assertError(int status, String code, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals(code, field(answer, "error_code"));
        assertFalse(answer.body().contains("\\tat "), answer.body());
    }

    @Test
    void storesListsReadsReplacesAndDeletesFile() throws Exception {
        assertEquals(200, server().put(folder + "/box/a.txt", "hello").statusCode());
        HttpResponse<String> file = server().get(url("box/a.txt").replace("%2F", "/"));
        assertEquals("hello", file.body());
        assertEquals("5", header(file, "Content-Length"));
        assertEquals(
                "{\"files\":[{\"path\":\"a.txt\",\"is_dir\":false,\"file_size\":5}]}",
                server().get(SERVED + "?path=" + folder + "/box").body().replaceAll("\\s", ""));
        assertError(400, "INVALID_PARAMETER_VALUE", server().get(SERVED + "/" + folder + "/box"));
        assertError(400, "INVALID_PARAMETER_VALUE", server().put(folder + "/box/", "no name"));
        server().put(folder + "/box/a.txt", "");
        assertEquals("", server().get(url("box/a.txt").replace("%2F", "/")).body());
        assertEquals(
                200,
                server().send("DELETE", SERVED + "/" + folder + "/box", null).statusCode());
        assertError(
                404, "RESOURCE_DOES_NOT_EXIST", server().get(url("box/a.txt").replace("%2F", "/")));
        assertEquals(
                404,
                server().send("HEAD", SERVED + "/" + folder + "/box/a.txt", null)
                        .statusCode());
    }

    @Test
    void servesRanges() throws Exception {
        server().put(folder + "/digits", "0123456789");
        String url = url("digits");
        HttpResponse<String> whole = server().get(url);
        String etag = header(whole, "ETag");
        assertEquals("bytes", header(whole, "Accept-Ranges"));

        Map<String, String> parts = Map.of(
                "bytes=0-3", "0123", "bytes=4-", "456789", "bytes=-3", "789", "bytes=9-99", "9", "bytes=0-0", "0");
        for (var part : parts.entrySet()) {
            HttpResponse<String> answer = server().get(url, "Range", part.getKey());
            assertEquals(206, answer.statusCode());
            assertEquals(part.getValue(), answer.body(), part.getKey());
            assertTrue(header(answer, "Content-Range").matches("bytes \\d-\\d/10"), header(answer, "Content-Range"));
        }
        for (String none : List.of("bytes=10-", "bytes=99-100", "bytes=-0")) {
            HttpResponse<String> answer = server().get(url, "Range", none);
            assertEquals(416, answer.statusCode(), none);
            assertEquals("bytes */10", header(answer, "Content-Range"));
        }
        for (String nonsense : List.of(
                "bytes=5-2",
                "bytes=a-b",
                "chars=0-1",
                "bytes=",
                "bytes=0-1,3-4",
                "bytes=99999999999999999999-",
                "-1")) {
            assertEquals("0123456789", server().get(url, "Range", nonsense).body(), nonsense);
        }
        assertEquals(
                "01", server().get(url, "Range", "bytes=0-1", "If-Range", etag).body());
        assertEquals(
                "0123456789",
                server().get(url, "Range", "bytes=0-1", "If-Range", "\"other\"").body());

        HttpResponse<String> known = server().get(url, "If-None-Match", etag);
        assertEquals(304, known.statusCode());
        assertEquals("", known.body());
        assertEquals(304, server().get(url, "If-None-Match", "\"x\", W/" + etag).statusCode());
        assertEquals(200, server().get(url, "If-None-Match", "\"x\"").statusCode());
        server().put(folder + "/digits", "9876543210");
        assertEquals(200, server().get(url, "If-None-Match", etag).statusCode());

        HttpResponse<String> head = server().send("HEAD", url, null);
        assertEquals("10", header(head, "Content-Length"));
        assertEquals("", head.body());
    }

    /** Active content, through every route that serves files. */
    @Test
    void artifactsNeverExecuteInThePagesOrigin() throws Exception {
        String run = server().run(null);
        String root = server().folder(run);
        String experiment = root.substring(0, root.indexOf('/'));
        String model = field(
                server().post(
                                "logged-models",
                                "{\"experiment_id\": \"" + experiment + "\", \"name\": \"m\", \"source_run_id\": \""
                                        + run + "\"}"),
                "model_id");
        String modelRoot =
                field(server().call("logged-models/" + model), "artifact_uri").replaceFirst("mlflow-artifacts:/", "");
        String name = "m" + UUID.randomUUID();
        server().post("registered-models/create", "{\"name\": \"" + name + "\"}");
        server().post(
                        "model-versions/create",
                        "{\"name\": \"" + name + "\", \"source\": \"mlflow-artifacts:/" + modelRoot
                                + "\", \"model_id\": \"" + model + "\"}");

        Map<String, String> types = Map.of(
                "a.html",
                "text/html",
                "a.svg",
                "image/svg+xml",
                "a.xml",
                "text/plain",
                "a.xhtml",
                "application/xhtml+xml",
                "a.js",
                "text/plain",
                "a.mjs",
                "application/octet-stream",
                "a.png",
                "image/png",
                "a",
                "application/octet-stream",
                "MLmodel",
                "text/plain");
        for (var type : types.entrySet()) {
            String file = type.getKey();
            server().put(root + "/" + file, "<script>alert(document.domain)</script>");
            server().put(modelRoot + "/" + file, "<script>alert(document.domain)</script>");
            for (String url : List.of(
                    SERVED + "/" + root + "/" + file,
                    "/ajax-api/2.0/mlflow-artifacts/artifacts/" + root + "/" + file,
                    "/get-artifact?run_id=" + run + "&path=" + file,
                    "/get-artifact?run_uuid=" + run + "&path=" + file,
                    "/model-versions/get-artifact?name=" + name + "&version=1&path=" + file,
                    "/ajax-api/2.0/mlflow/logged-models/" + model + "/artifacts/files?artifact_file_path=" + file)) {
                HttpResponse<String> answer = server().get(url);
                assertEquals(200, answer.statusCode(), url + answer.body());
                assertEquals(type.getValue(), header(answer, "Content-Type").replaceAll(";.*", ""), url);
                assertEquals("attachment; filename=\"" + file + "\"", header(answer, "Content-Disposition"), url);
                assertTrue(header(answer, "Content-Security-Policy").startsWith("sandbox; default-src 'none'"), url);
                assertEquals("nosniff", header(answer, "X-Content-Type-Options"), url);
                assertEquals("SAMEORIGIN", header(answer, "X-Frame-Options"), url);
            }
        }
    }

    @Test
    void fileNameCannotInjectHeader() throws Exception {
        for (String name : List.of(
                "a\"; filename=\"b.exe",
                "日本語.txt",
                "a;b,c.txt",
                "a'b%41.txt",
                "e\u0301.txt",
                "a%b.txt",
                "😀.png",
                " .txt",
                "a\u2028b.txt",
                "a\u202egpj.exe")) {
            assertEquals(200, server().send("PUT", url(name), "x".getBytes()).statusCode(), name);
            HttpResponse<String> answer = server().get(url(name));
            String disposition = header(answer, "Content-Disposition");
            assertTrue(
                    disposition.matches(
                            "attachment; filename=\"[ -!#-\\[\\]-~]+\"(; filename\\*=UTF-8''[A-Za-z0-9%._~-]+)?"),
                    disposition);
            if (disposition.contains("*")) {
                assertEquals(
                        name, java.net.URLDecoder.decode(disposition.replaceFirst(".*''", ""), StandardCharsets.UTF_8));
            }
        }
        for (String name : List.of("a\r\nSet-Cookie: x=y", "a\nb", "a\rb", "a\0b")) {
            assertError(400, "INVALID_PARAMETER_VALUE", server().send("PUT", url(name), "x".getBytes()));
            assertError(400, "INVALID_PARAMETER_VALUE", server().get(url(name)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret",
                "/../../etc/passwd",
                "/a/../../secret",
                "/..",
                "/.",
                "/%2e%2e/secret",
                "/%2E%2E%2Fsecret",
                "/..%2fsecret",
                "/%252e%252e%252fsecret",
                "/%25252e%25252e/secret",
                "//etc/passwd",
                "/%2Fetc%2Fpasswd",
                "/..%5csecret",
                "/..\\secret",
                "/%5c%5chost%5cshare",
                "/C:%5cwindows",
                "/C:/windows",
                "/c%3a/windows",
                "/a%00b",
                "/a%00/../secret",
                "/a%0ab",
                "/.. /secret",
                "/..%20/secret",
                "/%c0%ae%c0%ae/secret",
                "/%e0%80%ae%e0%80%ae/secret",
                "/%uff0e%uff0e/secret",
                "/a%23b",
                "/~/../secret",
                "/.kiroku-uploads/../../secret"
            })
    void urlCannotEscapeTheRoot(String path) throws Exception {
        for (String verb : List.of("GET", "HEAD", "PUT", "DELETE")) {
            String answer = server().raw(verb + " " + SERVED + path
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nout");
            assertTrue(answer.matches("(?s)HTTP/1.1 40[04] .*"), verb + " " + path + ": " + answer);
            assertTrue(verb.equals("HEAD") || answer.contains("\"error_code\""), answer);
            assertFalse(answer.contains("the secret") || answer.contains("root:"), answer);
        }
        String asQuery = path.substring(1).replace(" ", "%20").replace("\\", "%5C");
        String list = server().raw("GET " + SERVED + "?path=" + asQuery
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(list.startsWith("HTTP/1.1 400 "), path + ": " + list);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../x",
                "../../../../etc/passwd",
                "/etc/passwd",
                "a/../../x",
                "%2e%2e/x",
                "%252e%252e/x",
                "..\\x",
                "C:\\x",
                "file:///etc/passwd#",
                "a\0b"
            })
    void runPathCannotEscapeTheRoot(String path) throws Exception {
        String run = server().run(null);
        String query = "?run_id=" + run + "&run_uuid=" + run + "&path=" + encoded(path);
        assertError(400, "INVALID_PARAMETER_VALUE", server().call("artifacts/list" + query));
        assertError(400, "INVALID_PARAMETER_VALUE", server().get("/get-artifact" + query));
        assertError(
                400,
                "INVALID_PARAMETER_VALUE",
                server().send("POST", "/ajax-api/2.0/mlflow/upload-artifact" + query, "x".getBytes()));
    }

    @Test
    void uploadsFileOfRunFromPage() throws Exception {
        String run = server().run(null);
        String url = "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=" + run + "&path=charts/a.json";
        assertEquals(200, server().send("POST", url, "{}".getBytes()).statusCode());
        assertEquals(
                "{}",
                server().get("/get-artifact?run_id=" + run + "&path=charts/a.json")
                        .body());
        assertEquals(
                200,
                server().send("POST", url.replace("run_uuid", "run_id"), "{}".getBytes())
                        .statusCode());
        assertError(400, "INVALID_PARAMETER_VALUE", server().send("POST", url, new byte[0]));
        assertError(400, "INVALID_PARAMETER_VALUE", server().send("POST", url, new byte[(10 << 20) + 1]));
        assertError(
                404,
                "RESOURCE_DOES_NOT_EXIST",
                server().send("POST", url.replace(run, "0".repeat(32)), "x".getBytes()));
        assertTrue(server().call("artifacts/list?run_id=" + run + "&path=charts")
                .body()
                .contains("charts/a.json"));
    }

    /** MLflow's pages ask for a URL of the store before they ask for the bytes. */
    @Test
    void filesOfModelsHaveUrlsOfTheStore() throws Exception {
        String run = server().run(null);
        assertEquals(
                200,
                server().put(server().folder(run) + "/m/a.txt", "of a version").statusCode());
        String name = "signed-" + run;
        server().post("registered-models/create", "{\"name\": \"" + name + "\"}");
        server().post(
                        "model-versions/create",
                        "{\"name\": \"" + name + "\", \"run_id\": \"" + run + "\", \"source\": \"runs:/" + run
                                + "/m\"}");
        assertSigned("of a version", "/model-versions/get-artifact?name=" + name + "&version=1&path=");
        HttpResponse<String> model = server().post("logged-models", "{\"experiment_id\": \"0\", \"name\": \"signed\"}");
        String place = field(model, "artifact_uri").replaceFirst("mlflow-artifacts:/", "");
        assertEquals(200, server().put(place + "/a.txt", "of a model").statusCode());
        assertSigned(
                "of a model",
                "/ajax-api/2.0/mlflow/logged-models/" + field(model, "model_id")
                        + "/artifacts/files?artifact_file_path=");
    }

    private void assertSigned(String content, String url) throws Exception {
        assertEquals(content, server().get(url + "a.txt&presigned=false").body());
        HttpResponse<String> signed = server().get(url + "a.txt&presigned=true");
        if (!signsUrls()) {
            assertError(501, "NOT_IMPLEMENTED", signed);
            return;
        }
        assertEquals(200, signed.statusCode(), signed.body());
        assertTrue(signed.body().contains("\"file_size\":" + content.length()), signed.body());
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(field(signed, "url"))).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertEquals(
                    content,
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
        assertError(404, "RESOURCE_DOES_NOT_EXIST", server().get(url + "none.txt&presigned=true"));
    }

    /** Returns whether the store signs URLs for clients. */
    protected abstract boolean signsUrls();

    /** Clients that close or reset the connection during an upload, with a length and chunked. */
    @Test
    void interruptedUploadLeavesNothing() throws Exception {
        String put = "PUT " + SERVED + "/" + folder + "/broken HTTP/1.1\r\nHost: localhost\r\n";
        for (String half : List.of(
                put + "Content-Length: 100\r\n\r\nhalf",
                put + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                put + "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf")) {
            server().raw(half);
            String listing = server().get(SERVED + "?path=" + folder).body();
            assertFalse(listing.contains("broken"), listing);
            try (Socket socket = server().open()) {
                socket.getOutputStream().write(half.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                socket.setSoLinger(true, 0); // closes with a reset
            }
        }
        assertEquals(404, server().get(url("broken")).statusCode());
        assertEquals(200, server().put(folder + "/broken", "whole").statusCode());
        assertNoTemporaryFiles();
    }

    /** Asserts that failed uploads left no files. */
    protected abstract void assertNoTemporaryFiles() throws Exception;

    @Test
    void clientReadsErrorOfLargeUpload() throws Exception {
        assertError(400, "INVALID_PARAMETER_VALUE", server().send("PUT", SERVED + "/a%00b", new byte[20 << 20]));
    }
}
