package dev.kiroku.cli.artifacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are together many times larger than the server's heap go through it, up and down, several at the same time. */
class LargeArtifactTest {
    private static final String HEAP = "-Xmx48m";
    private static final long BYTES = (64L << 20) + 1;
    private static final int AT_ONCE = 3;

    @TempDir
    private Path folder;

    @Test
    void transfersLargeFileWithSmallHeap() throws Exception {
        transfer(List.of(), Map.of());
    }

    @Test
    void throughTheServerToS3() throws Exception {
        FilesystemNio2BlobStore blobs = new FilesystemNio2BlobStore(
                Files.createDirectory(folder.resolve("s3")).toString());
        blobs.createContainer("artifacts");
        S3Proxy s3 = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
                .build();
        s3.start();
        try {
            transfer(
                    List.of("--artifacts-destination", "s3://artifacts/large"),
                    Map.of(
                            "MLFLOW_S3_ENDPOINT_URL",
                            "http://127.0.0.1:" + s3.getPort(),
                            "AWS_ACCESS_KEY_ID",
                            "key",
                            "AWS_SECRET_ACCESS_KEY",
                            "secret"));
        } finally {
            s3.stop();
        }
    }

    private void transfer(List<String> flags, Map<String, String> environment) throws Exception {
        Process server = start(flags, environment);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String url = address(server) + ArtifactTestServer.SERVED + "/large/";
            var transfers = IntStream.range(0, AT_ONCE)
                    .mapToObj(seed -> threads.submit(() -> {
                        assertArrayEquals(upload(url + seed, seed), download(url + seed));
                        return null;
                    }))
                    .toList();
            for (var transfer : transfers) {
                transfer.get();
            }
            assertTrue(server.isAlive());
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /** As a client sends it that knows the length, or does not. Returns a digest of what was sent. */
    private static byte[] upload(String url, int seed) throws Exception {
        MessageDigest digest = sha256();
        var body = HttpRequest.BodyPublishers.ofInputStream(() -> new DigestInputStream(new Bytes(seed), digest));
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .PUT(seed % 2 == 0 ? body : HttpRequest.BodyPublishers.fromPublisher(body, BYTES))
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
        }
        return digest.digest();
    }

    private static byte[] download(String url) throws Exception {
        MessageDigest digest = sha256();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(
                    BYTES, answer.headers().firstValueAsLong("Content-Length").orElseThrow());
            try (InputStream in = new DigestInputStream(answer.body(), digest)) {
                assertEquals(BYTES, in.transferTo(OutputStream.nullOutputStream()));
            }
        }
        return digest.digest();
    }

    private static MessageDigest sha256() throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256");
    }

    /** Bytes that are made as they are read. */
    private static final class Bytes extends InputStream {
        private final Random random;
        private long left = BYTES;

        Bytes(int seed) {
            this.random = new Random(seed);
        }

        @Override
        public int read() {
            return left-- > 0 ? random.nextInt(256) : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            byte[] some = new byte[(int) Math.min(length, left)];
            random.nextBytes(some);
            System.arraycopy(some, 0, bytes, offset, some.length);
            left -= some.length;
            return some.length;
        }
    }

    private Process start(List<String> flags, Map<String, String> environment) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.kiroku.cli.Main",
                "server",
                "--port",
                "0"));
        command.addAll(flags);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("MLFLOW_") || name.startsWith("KIROKU_") || name.startsWith("AWS_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String address(Process server) throws IOException {
        BufferedReader said = server.errorReader();
        StringBuilder all = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.contains(" serves on ")) {
                Thread.ofVirtual().start(() -> said.lines().forEach(more -> {})); // so that it never waits for a reader
                return line.replaceFirst(".* serves on ", "");
            }
            all.append(line).append('\n');
        }
        throw new AssertionError("the server ended: " + all);
    }
}
