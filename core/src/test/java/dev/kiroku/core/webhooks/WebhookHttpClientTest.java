package dev.kiroku.core.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS connections to a real receiver with a self-signed certificate. */
class WebhookHttpClientTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path folder;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final WebhookUrlPolicy HERE = new WebhookUrlPolicy(List.of("https"), true);

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private HttpsServer receiver;

    /** Creates a certificate for 127.0.0.1 without host names. */
    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "receiver",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=receiver",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        assertEquals(0, keytool.waitFor(), new String(keytool.getInputStream().readAllBytes(), UTF_8));
    }

    private static KeyStore keys() throws Exception {
        return KeyStore.getInstance(folder.resolve("keys.p12").toFile(), PASSWORD);
    }

    @BeforeEach
    void start() throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys(), PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), null, null);
        receiver = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setHttpsConfigurator(new HttpsConfigurator(tls));
        receiver.createContext("/", exchange -> {
            heard.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(UTF_8));
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    private SSLSocketFactory trusting() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("receiver", keys().getCertificate("receiver"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return tls.getSocketFactory();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String url(String host) {
        return "https://" + host + ":" + receiver.getAddress().getPort() + "/hook?a=1";
    }

    @Test
    void trustedCertificatesForTheHostAreAccepted() throws Exception {
        WebhookHttpClient.WebhookResponse answer = new WebhookHttpClient(HERE, this::trusting, TIMEOUT)
                .post(url("127.0.0.1"), Map.of("X-A", "b"), "{\"é\":1}");
        assertEquals(200, answer.status());
        assertEquals("ok", answer.body());
        assertEquals(List.of("POST /hook?a=1 {\"é\":1}"), List.copyOf(heard));
    }

    @Test
    void untrustedCertificatesAreRejected() {
        WebhookHttpClient sender =
                new WebhookHttpClient(HERE, () -> (SSLSocketFactory) SSLSocketFactory.getDefault(), TIMEOUT);
        assertThrows(SSLHandshakeException.class, () -> sender.post(url("127.0.0.1"), Map.of(), "{}"));
        assertTrue(heard.isEmpty());
    }

    @Test
    void trustedCertificatesForAnotherNameAreRejected() {
        WebhookHttpClient sender = new WebhookHttpClient(HERE, this::trusting, TIMEOUT);
        IOException e = assertThrows(SSLHandshakeException.class, () -> sender.post(url("localhost"), Map.of(), "{}"));
        assertTrue(e.getMessage().contains("localhost"), e.getMessage());
        assertTrue(heard.isEmpty());
    }

    @Test
    void receiversWithoutTlsAreRejected() throws Exception {
        HttpServer plain = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        plain.createContext("/", exchange -> heard.add("plain"));
        plain.start();
        try {
            String url = "https://127.0.0.1:" + plain.getAddress().getPort() + "/";
            assertThrows(
                    IOException.class,
                    () -> new WebhookHttpClient(HERE, this::trusting, TIMEOUT).post(url, Map.of(), "{}"));
            assertTrue(heard.isEmpty());
        } finally {
            plain.stop(0);
        }
    }
}
