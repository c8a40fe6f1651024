package dev.kiroku.artifacts.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.artifacts.kit.S3Server;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.DirectAccess;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Tests of S3: presigned URLs, multipart uploads, encryption, and errors of the server. */
class S3ArtifactStoreTest {
    private static final String ROOT = "s3://" + S3Server.BUCKET + "/root";
    private static final ArtifactPath FILE = ArtifactPath.of("box/file ü.bin");
    private static final int PART = 5 << 20; // the minimum of S3

    private S3Server server;

    @BeforeEach
    void start() throws Exception {
        server = new S3Server();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private interface StoreTest {
        void with(ArtifactStore store) throws Exception;
    }

    private static void withStore(String root, Map<String, String> environment, StoreTest doing) throws Exception {
        try (var stores = new ConfiguredArtifactStores(root, "mlflow-artifacts:/", environment)) {
            doing.with(stores.proxied());
        }
    }

    private static DirectAccess.MultipartUploads multipartUploads(ArtifactStore store) {
        return store.directAccess().flatMap(DirectAccess::multipartUploads).orElseThrow();
    }

    private static void write(ArtifactStore store, byte[] content) throws IOException {
        store.write(FILE, new ByteArrayInputStream(content), content.length);
    }

    private static byte[] read(ArtifactStore store) throws IOException {
        ArtifactStore.Stat stat = store.stat(FILE).orElseThrow();
        try (InputStream in = store.read(FILE, stat, 0, stat.size())) {
            return in.readAllBytes();
        }
    }

    private static HttpResponse<byte[]> send(String verb, String url, byte[] body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .method(verb, HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    @Test
    void presignedUrlsReadAndWriteFiles() throws Exception {
        withStore(ROOT, server.environment(), store -> {
            DirectAccess direct = store.directAccess().orElseThrow();
            assertEquals(
                    200,
                    send("PUT", direct.signUpload(FILE, Duration.ofMinutes(1)).url(), new byte[] {1, 2, 3})
                            .statusCode());
            assertArrayEquals(new byte[] {1, 2, 3}, read(store));
            String url = direct.signDownload(FILE, Duration.ofMinutes(1)).url();
            assertArrayEquals(
                    new byte[] {1, 2, 3}, send("GET", url, new byte[0]).body());
            assertEquals(
                    403, send("GET", url.replace("file", "elif"), new byte[0]).statusCode(), "and at no other");
            assertEquals(403, send("PUT", url, new byte[0]).statusCode());
        });
    }

    @Test
    void foldersMayHaveUnusualCharacters() throws Exception {
        for (String name : List.of("My Folder", "[x]", "a^b", "50%", "a%20b", "日本")) {
            withStore("s3://" + S3Server.BUCKET + "/" + name, server.environment(), store -> {
                write(store, new byte[] {1});
                assertArrayEquals(new byte[] {1}, read(store));
                String url = store.directAccess()
                        .orElseThrow()
                        .signDownload(FILE, Duration.ofMinutes(1))
                        .url();
                assertArrayEquals(new byte[] {1}, send("GET", url, new byte[0]).body(), name);
            });
            withStore(
                    "s3://" + S3Server.BUCKET,
                    server.environment(),
                    store -> assertTrue(
                            store.list(ArtifactPath.ROOT).stream()
                                    .anyMatch(entry -> entry.path().equals(name)),
                            name));
        }
    }

    @Test
    void multipartUploadCombinesPartsSentToPresignedUrls() throws Exception {
        byte[] content = new byte[2 * PART + 10];
        new java.util.Random(3).nextBytes(content);
        withStore(ROOT, server.environment(), store -> {
            DirectAccess.MultipartUploads direct = multipartUploads(store);
            DirectAccess.MultipartUploads.Upload upload = direct.create(FILE, 3);
            List<DirectAccess.MultipartUploads.UploadedPart> sent = new ArrayList<>();
            for (DirectAccess.MultipartUploads.Part part : upload.parts()) {
                int from = (part.number() - 1) * PART;
                byte[] bytes = java.util.Arrays.copyOfRange(content, from, Math.min(content.length, from + PART));
                HttpResponse<byte[]> answer = send("PUT", part.request().url(), bytes);
                assertEquals(200, answer.statusCode());
                sent.add(new DirectAccess.MultipartUploads.UploadedPart(
                        part.number(), answer.headers().firstValue("ETag").orElseThrow(), null));
            }
            assertTrue(store.stat(FILE).isEmpty(), "the file is not visible before completion");
            Collections.reverse(sent); // clients send parts concurrently, and name them in any order
            direct.complete(FILE, upload.uploadId(), sent);
            assertArrayEquals(content, read(store));
        });
    }

    @Test
    void abortedMultipartUploadLeavesNothing() throws Exception {
        withStore(ROOT, server.environment(), store -> {
            DirectAccess.MultipartUploads direct = multipartUploads(store);
            DirectAccess.MultipartUploads.Upload upload = direct.create(FILE, 1);
            send("PUT", upload.parts().getFirst().request().url(), new byte[PART]);
            assertEquals(1, server.openUploads());
            direct.abort(FILE, upload.uploadId());
            assertEquals(0, server.openUploads());
            assertTrue(store.stat(FILE).isEmpty());
        });
    }

    @Test
    void invalidPartsAreReportedAsInvalidParameter() throws Exception {
        withStore(ROOT, server.environment(), store -> {
            DirectAccess.MultipartUploads direct = multipartUploads(store);
            List<DirectAccess.MultipartUploads.UploadedPart> unsent = List.of(
                    new DirectAccess.MultipartUploads.UploadedPart(1, "\"0123456789abcdef0123456789abcdef\"", null));
            assertInvalidParameter(() -> direct.complete(FILE, "no-such-upload", unsent));
            DirectAccess.MultipartUploads.Upload upload = direct.create(FILE, 1);
            assertInvalidParameter(() -> direct.complete(FILE, upload.uploadId(), unsent));
            direct.abort(FILE, upload.uploadId());
        });
    }

    private static void assertInvalidParameter(org.junit.jupiter.api.function.Executable what) {
        KirokuException refusal = assertThrows(KirokuException.class, what);
        assertTrue(refusal.code().httpStatus() < 500, refusal.toString());
    }

    @Test
    void uploadsUseTheConfiguredEncryption() throws Exception {
        Map<String, String> environment = new HashMap<>(server.environment());
        environment.put(
                "MLFLOW_S3_UPLOAD_EXTRA_ARGS",
                "{\"ServerSideEncryption\": \"AES256\", \"StorageClass\": \"STANDARD_IA\"}");
        withStore(ROOT, environment, store -> {
            write(store, new byte[10]);
            write(store, new byte[100_000]);
            write(store, new byte[(16 << 20) + 1]);
            multipartUploads(store).create(FILE, 1);
        });
        List<PutObjectRequest> puts = server.puts().stream()
                .filter(put -> put.key().equals("root/" + FILE.value()))
                .toList(); // parts have other names
        assertEquals(2, puts.size());
        puts.forEach(put -> assertEquals(ServerSideEncryption.AES256, put.serverSideEncryption()));
        assertEquals(2, server.multiparts().size());
        server.multiparts().forEach(upload -> assertEquals(ServerSideEncryption.AES256, upload.serverSideEncryption()));
        assertEquals("STANDARD_IA", puts.getFirst().storageClassAsString());
    }

    @Test
    void invalidSettingsAreRefusedAtStart() {
        for (String extra : List.of("{", "[]", "{\"Unknown\": \"x\"}", "{\"ACL\": 5}")) {
            KirokuException refusal = assertThrows(
                    KirokuException.class,
                    () -> withStore(ROOT, Map.of("MLFLOW_S3_UPLOAD_EXTRA_ARGS", extra), store -> {}),
                    extra);
            assertTrue(refusal.getMessage().contains("MLFLOW_S3_UPLOAD_EXTRA_ARGS"), refusal.getMessage());
        }
        for (String endpoint : List.of("localhost:9000", "ftp://host", "http://", "http://a b")) {
            KirokuException refusal = assertThrows(
                    KirokuException.class,
                    () -> withStore(ROOT, Map.of("MLFLOW_S3_ENDPOINT_URL", endpoint), store -> {}),
                    endpoint);
            assertTrue(refusal.getMessage().contains("MLFLOW_S3_ENDPOINT_URL"), refusal.getMessage());
        }
    }

    /** Checks that every operation fails with a code and a hint. */
    private static void assertAllOperationsFail(ErrorCode code, String hint, ArtifactStore store) {
        for (org.junit.jupiter.api.function.Executable what : List.<org.junit.jupiter.api.function.Executable>of(
                () -> store.list(ArtifactPath.ROOT),
                () -> store.stat(FILE),
                () -> store.read(FILE, new ArtifactStore.Stat(3, "x"), 0, 3),
                () -> write(store, new byte[3]),
                () -> write(store, new byte[(16 << 20) + 1]),
                () -> store.delete(FILE),
                () -> multipartUploads(store).create(FILE, 1))) {
            KirokuException refusal = assertThrows(KirokuException.class, what);
            assertEquals(code, refusal.code(), refusal.getMessage());
            assertTrue(refusal.getMessage().contains(hint), refusal.getMessage());
        }
    }

    @Test
    void missingBucketIsNamedInTheError() throws Exception {
        withStore(
                "s3://no-such-bucket/root",
                server.environment(),
                store -> assertAllOperationsFail(
                        ErrorCode.RESOURCE_DOES_NOT_EXIST, "no bucket 'no-such-bucket'", store));
    }

    @Test
    void wrongCredentialsAreReportedWithoutTheirValues() throws Exception {
        for (Map<String, String> wrong : List.of(
                server.environment("the-key", "wrong-secret"), server.environment("wrong-key", "wrong-secret"))) {
            withStore(ROOT, wrong, store -> assertAllOperationsFail(ErrorCode.PERMISSION_DENIED, "credentials", store));
            withStore(ROOT, wrong, store -> {
                KirokuException refusal = assertThrows(KirokuException.class, () -> store.list(ArtifactPath.ROOT));
                assertTrue(!refusal.getMessage().contains("wrong-"), refusal.getMessage());
            });
        }
    }

    @Test
    void unreachableStoreIsReportedAsTemporary() throws Exception {
        Map<String, String> environment = server.environment();
        server.close();
        withStore(ROOT, environment, store -> {
            assertThrows(IOException.class, () -> store.list(ArtifactPath.ROOT));
            assertThrows(IOException.class, () -> store.stat(FILE));
            assertThrows(IOException.class, () -> write(store, new byte[3]));
            assertThrows(IOException.class, () -> store.delete(FILE));
        });
    }

    @Test
    void brokenDownloadFailsInsteadOfEnding() throws Exception {
        try (ServerSocket breaking = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!breaking.isClosed()) {
                    try (Socket client = breaking.accept()) {
                        client.getInputStream().read(new byte[4096]);
                        client.getOutputStream()
                                .write("HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\nETag: \"x\"\r\n\r\nhalf"
                                        .getBytes());
                    } catch (IOException e) {
                        // the test is over
                    }
                }
            });
            Map<String, String> environment = new HashMap<>(server.environment());
            environment.put("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:" + breaking.getLocalPort());
            withStore(
                    ROOT,
                    environment,
                    store -> assertThrows(IOException.class, () -> {
                        try (InputStream in = store.read(FILE, new ArtifactStore.Stat(1000, "x"), 0, 1000)) {
                            in.readAllBytes();
                        }
                    }));
        }
    }
}
