package dev.kiroku.client;

import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tls.PemFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Creates TLS contexts from PEM files. */
final class TlsContext {
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
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(new PemFile(file).trustStore());
        return factory.getTrustManagers();
    }

    private static KeyManager[] keyManagers(Path file) throws GeneralSecurityException {
        KeyStore store = emptyStore();
        PemFile pem = new PemFile(file);
        store.setKeyEntry(
                "client", pem.privateKey(), NO_PASSWORD, pem.certificates().toArray(Certificate[]::new));
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
