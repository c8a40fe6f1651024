package dev.kiroku.server.security;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.model.KirokuException;
import dev.kiroku.server.KirokuServer;
import dev.kiroku.server.ServerInfo;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.security.ServerCertificate.CertificateFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with a real certificate, which is replaced while the server runs. */
class ServerCertificateTest {
    private static final ServerInfo INFO = ServerInfo.withoutFeatures();

    @TempDir
    private Path folder;

    private CertificateFiles files;
    private KirokuServer server;

    @BeforeEach
    void nameFiles() {
        files = new CertificateFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void start() {
        ServerSettings usual = ServerSettings.defaults("127.0.0.1", 0);
        ServerSettings settings = new ServerSettings(
                usual.host(),
                usual.port(),
                usual.staticPrefix(),
                usual.mlflowUiFolder(),
                usual.allowedHosts(),
                usual.corsAllowedOrigins(),
                usual.frameOptions(),
                usual.hostChecksDisabled(),
                usual.maxBodyBytes(),
                usual.readTimeout(),
                usual.gracePeriod(),
                new ServerSettings.TlsSettings(files, 600));
        server = KirokuServer.start(
                settings,
                INFO,
                Authenticator.disabled(),
                AccessGuard.forAnonymousCallers(),
                List.of(),
                List.of(),
                List::of);
    }

    private static SSLContext trusting(TestCertificate... certificates) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < certificates.length; i++) {
            store.setCertificateEntry("ca" + i, certificates[i].certificate());
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static HttpClient client(TestCertificate... certificates) throws Exception {
        return HttpClient.newBuilder().sslContext(trusting(certificates)).build();
    }

    private HttpResponse<String> health(HttpClient client) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/health"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Returns the certificate that a new connection gets. */
    private X509Certificate presented(TestCertificate... certificates) throws Exception {
        try (SSLSocket socket =
                (SSLSocket) trusting(certificates).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static List<String> request(SSLSocket socket, String host) throws IOException {
        socket.getOutputStream().write(("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(US_ASCII));
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        List<String> head = new ArrayList<>();
        for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
            head.add(line);
        }
        assertEquals("OK", "" + (char) reader.read() + (char) reader.read());
        return head;
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void servesHttpsWithKeysOfEachKind(String algorithm) throws Exception {
        TestCertificate certificate = TestCertificate.create(folder, algorithm);
        certificate.writeTo(files);
        start();
        assertEquals("OK", health(client(certificate)).body());
    }

    @Test
    void remembersHttpsOnlyForOtherNamesThanLocalhost() throws Exception {
        TestCertificate certificate = TestCertificate.create(folder, "EC");
        certificate.writeTo(files);
        start();
        assertTrue(health(client(certificate))
                .headers()
                .firstValue("Strict-Transport-Security")
                .isEmpty());
        try (SSLSocket socket =
                (SSLSocket) trusting(certificate).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            assertTrue(request(socket, "10.1.2.3:5000").contains("Strict-Transport-Security: max-age=600"));
        }
    }

    @Test
    void readsChangedCertificateWithoutDroppingConnections() throws Exception {
        TestCertificate first = TestCertificate.create(folder, "EC");
        TestCertificate second = TestCertificate.create(folder, "RSA");
        first.writeTo(files);
        start();
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
                SSLSocket established =
                        (SSLSocket) trusting(first).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            request(established, "localhost");
            List<Future<Integer>> traffic = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean reconnects = i % 2 == 0;
                traffic.add(pool.submit(() -> {
                    HttpClient client = client(first, second);
                    int count = 0;
                    for (; !done.get(); count++) {
                        assertEquals(200, health(client).statusCode());
                        if (reconnects) {
                            client = client(first, second);
                        }
                    }
                    return count;
                }));
            }
            second.writeTo(files);
            while (!presented(first, second).equals(second.certificate())) {
                Thread.sleep(20);
            }
            assertEquals("OK", health(client(second)).body());
            request(established, "localhost");
            done.set(true);
            for (Future<Integer> requests : traffic) {
                assertTrue(requests.get() > 0);
            }
        }
    }

    @Test
    void keepsPreviousCertificateWhileNewFilesAreUnusable() throws Exception {
        TestCertificate first = TestCertificate.create(folder, "EC");
        TestCertificate second = TestCertificate.create(folder, "EC");
        first.writeTo(files);
        AtomicTime time = new AtomicTime();
        ServerCertificate certificate = ServerCertificate.load(files, time::next);
        SSLContext context = certificate.createContext();

        TestCertificate.replace(files.certificate(), second.certificatePem());
        assertEquals(first.certificate(), handshake(context, first, second), "the key is still the first one's");
        Files.delete(files.key());
        assertEquals(first.certificate(), handshake(context, first, second));
        TestCertificate.replace(files.key(), second.keyPem());
        assertEquals(second.certificate(), handshake(context, first, second));
        assertEquals(second.certificate().getNotAfter().toInstant(), certificate.expiry());
    }

    /** Each call is a minute later than the one before. */
    private static final class AtomicTime {
        private long now;

        private synchronized long next() {
            now += 60_000_000_000L;
            return now;
        }
    }

    private static X509Certificate handshake(SSLContext server, TestCertificate... trusted) throws Exception {
        try (var listener = server.getServerSocketFactory().createServerSocket(0);
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> accepted = pool.submit(() -> {
                try (SSLSocket socket = (SSLSocket) listener.accept()) {
                    socket.startHandshake();
                    return socket.getInputStream().read();
                }
            });
            try (SSLSocket socket = (SSLSocket)
                    trusting(trusted).getSocketFactory().createSocket("127.0.0.1", listener.getLocalPort())) {
                socket.startHandshake();
                return (X509Certificate) socket.getSession().getPeerCertificates()[0];
            } finally {
                accepted.get();
            }
        }
    }

    @Test
    void refusesFilesThatDoNotFitTogether() throws Exception {
        TestCertificate first = TestCertificate.create(folder, "EC");
        TestCertificate second = TestCertificate.create(folder, "RSA");
        assertTrue(refusal().contains("cert.pem"), refusal());
        Files.writeString(files.certificate(), first.certificatePem());
        Files.writeString(files.key(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertTrue(refusal().contains("openssl pkcs8"), refusal());
        Files.writeString(files.key(), second.keyPem());
        assertTrue(refusal().contains("is not that of the certificate"), refusal());
        Files.writeString(files.key(), TestCertificate.create(folder, "EC").keyPem());
        assertTrue(refusal().contains("is not that of the certificate"), refusal());
        assertFalse(refusal().contains("PRIVATE KEY-----"));
    }

    private String refusal() {
        return assertThrows(KirokuException.class, () -> ServerCertificate.load(files))
                .getMessage();
    }
}
