package dev.kiroku.client;

import dev.kiroku.model.KirokuException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Creates TLS contexts from PEM files. */
final class TlsContext {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final char[] NO_PASSWORD = {};

    private TlsContext() {}

    /**
     * Returns a context with these options.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if a file cannot be read or holds something else
     */
    static SSLContext create(ClientSettings.Tls tls) {
        try {
            TrustManager[] trust = tls.insecure()
                    ? new TrustManager[] {new TrustAll()}
                    : tls.serverCertificates() == null ? null : trustManagers(tls.serverCertificates());
            KeyManager[] keys = tls.clientCertificate() == null ? null : keyManagers(tls.clientCertificate());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw KirokuException.invalid("The TLS options cannot be used: %s", e.getMessage());
        }
    }

    private static TrustManager[] trustManagers(Path file) throws GeneralSecurityException {
        KeyStore store = emptyStore();
        int index = 0;
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry("ca-" + index++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keyManagers(Path file) throws GeneralSecurityException {
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "client", privateKey(file), NO_PASSWORD, certificates(file).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException(e); // nothing is read
        }
    }

    private static Collection<? extends Certificate> certificates(Path file) throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            StringBuilder pem = new StringBuilder();
            CERTIFICATE
                    .matcher(text)
                    .results()
                    .forEach(c -> pem.append(c.group()).append('\n'));
            if (pem.isEmpty()) {
                throw KirokuException.invalid("The file %s has no certificate in PEM format.", file);
            }
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(pem.toString().getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw KirokuException.invalid("The certificate file %s cannot be read: %s", file, e.getMessage());
        }
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw KirokuException.invalid("The certificate file %s cannot be read: %s", file, e.getMessage());
        }
        Matcher key = PRIVATE_KEY.matcher(text);
        if (!key.find()) {
            throw KirokuException.invalid(
                    "The file %s has no private key in PKCS #8 format. 'openssl pkcs8 -topk8 -nocrypt' converts other formats.",
                    file);
        }
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1)));
        for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // a key of another algorithm
            }
        }
        throw KirokuException.invalid("The private key in %s is of an unsupported kind.", file);
    }

    /** Accepts every certificate. The JDK checks the host name only for trust managers that are not "extended". */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
