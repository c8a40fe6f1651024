package dev.kiroku.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.kiroku.model.KirokuException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A server with a self-signed certificate for {@code localhost} that requires the client's certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private HttpsServer server;
    private Path serverPem;
    private Path clientPem;

    @BeforeAll
    void start() throws Exception {
        KeyStore serverKeys = createKey("server", "localhost");
        KeyStore clientKeys = createKey("client", "client");
        serverPem = Files.writeString(folder.resolve("server.pem"), certificate(serverKeys));
        clientPem = Files.writeString(folder.resolve("client.pem"), certificate(clientKeys) + key(clientKeys));

        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(serverKeys, PASSWORD);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry("client", clientKeys.getCertificate("client"));
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = context.getDefaultSSLParameters();
                tls.setNeedClientAuth(true);
                parameters.setSSLParameters(tls);
            }
        });
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("OK".getBytes(UTF_8));
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    void stop() {
        server.stop(0);
    }

    private KeyStore createKey(String alias, String name) throws Exception {
        Path file = folder.resolve(alias + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        alias,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:" + name,
                        "-keyalg",
                        "EC",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        assertTrue(keytool.waitFor(1, TimeUnit.MINUTES) && keytool.exitValue() == 0, output);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static String certificate(KeyStore store) throws Exception {
        return pem(
                "CERTIFICATE",
                store.getCertificate(store.aliases().nextElement()).getEncoded());
    }

    private static String key(KeyStore store) throws Exception {
        return pem(
                "PRIVATE KEY",
                store.getKey(store.aliases().nextElement(), PASSWORD).getEncoded());
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }

    private String get(String host, Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0");
        String uri = "https://" + host + ":" + server.getAddress().getPort();
        try (TrackingClient client = new TrackingClient(ClientSettings.fromEnvironment(uri, environment))) {
            return new String(client.get("/health", Map.of()), UTF_8);
        }
    }

    @Test
    void trustsConfiguredCertificateAndSendsClientCertificate() {
        Map<String, String> both = Map.of(
                "MLFLOW_TRACKING_SERVER_CERT_PATH", serverPem.toString(),
                "MLFLOW_TRACKING_CLIENT_CERT_PATH", clientPem.toString());
        assertEquals("OK", get("localhost", both));
        assertThrows(KirokuException.class, () -> get("127.0.0.1", both), "the certificate is for localhost");
        for (String one : both.keySet()) {
            assertThrows(KirokuException.class, () -> get("localhost", Map.of(one, both.get(one))), one);
        }
    }

    @Test
    void insecureAcceptsAnyCertificateAndName() {
        Map<String, String> insecure = Map.of(
                "MLFLOW_TRACKING_INSECURE_TLS", "true", "MLFLOW_TRACKING_CLIENT_CERT_PATH", clientPem.toString());
        assertEquals("OK", get("127.0.0.1", insecure));
    }

    @Test
    void reportsUnusableFiles() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
        for (String file :
                List.of(empty.toString(), folder.resolve("missing.pem").toString())) {
            for (String variable : List.of("MLFLOW_TRACKING_SERVER_CERT_PATH", "MLFLOW_TRACKING_CLIENT_CERT_PATH")) {
                var failure = assertThrows(KirokuException.class, () -> get("localhost", Map.of(variable, file)));
                assertTrue(failure.getMessage().contains(file), failure.getMessage());
            }
        }
    }
}
