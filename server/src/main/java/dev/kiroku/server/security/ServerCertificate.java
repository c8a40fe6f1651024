package dev.kiroku.server.security;

import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tls.PemFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a TLS server. A handshake that finds the files changed reads them again; established connections are not affected. While
 * the new files do not fit together, as between the replacement of the one and of the other, the previous certificate remains in use.
 * Thread-safe.
 */
public final class ServerCertificate {
    private static final long CHECK_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final char[] NO_PASSWORD = {};

    /**
     * The files of a certificate.
     *
     * @param certificate a PEM file with the certificate, followed by those of intermediate authorities
     * @param key a PEM file with the private key in PKCS #8; may be the same file
     */
    public record CertificateFiles(Path certificate, Path key) {
        /** Returns values that differ if the files have been replaced or written. */
        private List<Object> state() throws IOException {
            return List.of(state(certificate), state(key));
        }

        private static List<Object> state(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
        }
    }

    /**
     * A certificate in use.
     *
     * @param generation distinguishes it from the certificates before; part of its alias in the key manager
     * @param fileState the state of the files when they were read
     */
    private record Loaded(
            long generation, X509ExtendedKeyManager keys, X509Certificate certificate, List<Object> fileState) {}

    private final Logger log = LoggerFactory.getLogger(ServerCertificate.class);
    private final CertificateFiles files;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Loaded current;
    /** A handshake that began before a reload asks for the key afterwards. */
    private volatile Loaded previous;

    private volatile long lastCheck;
    private List<Object> rejectedState = List.of();

    private ServerCertificate(CertificateFiles files, LongSupplier nanoTime) {
        this.files = files;
        this.nanoTime = nanoTime;
        this.lastCheck = nanoTime.getAsLong();
        this.current = load(0);
        this.previous = current;
    }

    /**
     * Reads a certificate.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if a file cannot be read, has something else, or the key is not that of the
     *     certificate
     */
    public static ServerCertificate load(CertificateFiles files) {
        return new ServerCertificate(files, System::nanoTime);
    }

    static ServerCertificate load(CertificateFiles files, LongSupplier nanoTime) {
        return new ServerCertificate(files, nanoTime);
    }

    /** Returns when the certificate expires. */
    public Instant expiry() {
        return current.certificate().getNotAfter().toInstant();
    }

    /** Returns a context for connections with this certificate. */
    public SSLContext createContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Keys()}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    private Loaded load(long generation) {
        try {
            List<Object> state = files.state(); // before the content, so that a later change is noticed
            PrivateKey key = new PemFile(files.key()).privateKey();
            List<X509Certificate> chain = new PemFile(files.certificate()).certificates();
            if (!belongsTo(key, chain.getFirst())) {
                throw KirokuException.invalid(
                        "The private key in %s is not that of the certificate in %s.",
                        files.key(), files.certificate());
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, NO_PASSWORD);
            return new Loaded(
                    generation, (X509ExtendedKeyManager) factory.getKeyManagers()[0], chain.getFirst(), state);
        } catch (IOException | GeneralSecurityException e) {
            throw KirokuException.invalid("The certificate %s cannot be used: %s", files.certificate(), e);
        }
    }

    /** Returns whether a signature with the private key is accepted with the certificate's public key. */
    private static boolean belongsTo(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(certificate.getPublicKey());
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of different algorithms
        }
    }

    /** Returns the certificate for a new handshake. */
    private Loaded latest() {
        if (nanoTime.getAsLong() - lastCheck >= CHECK_INTERVAL_NANOS && lock.tryLock()) {
            try {
                reloadIfChanged();
                lastCheck = nanoTime.getAsLong();
            } finally {
                lock.unlock();
            }
        }
        return current;
    }

    private void reloadIfChanged() {
        List<Object> state = List.of();
        try {
            state = files.state();
            if (state.equals(current.fileState())) {
                return;
            }
            Loaded loaded = load(current.generation() + 1);
            previous = current;
            current = loaded;
            log.info("read the TLS certificate again: {} is valid until {}", files.certificate(), expiry());
        } catch (IOException | KirokuException e) {
            if (!state.equals(rejectedState)) { // once for each change
                log.warn("keeping the previous TLS certificate: {}", e.toString());
            }
            rejectedState = state;
        }
    }

    /** Returns the certificate of an alias that {@link #latest} gave out. */
    private <T> T byAlias(String alias, Function<Loaded, T> value) {
        Loaded loaded = current;
        return value.apply(alias.startsWith(loaded.generation() + ":") ? loaded : previous);
    }

    private static String alias(Loaded loaded, String alias) {
        return alias == null ? null : loaded.generation() + ":" + alias;
    }

    private static String plain(String alias) {
        return alias.substring(alias.indexOf(':') + 1);
    }

    /** Serves the certificate that was current when a handshake began, from its choice of an alias to its request for the key. */
    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            Loaded loaded = latest();
            return alias(loaded, loaded.keys().chooseEngineServerAlias(keyType, issuers, engine));
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            Loaded loaded = latest();
            return alias(loaded, loaded.keys().chooseServerAlias(keyType, issuers, socket));
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return byAlias(alias, loaded -> loaded.keys().getCertificateChain(plain(alias)));
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return byAlias(alias, loaded -> loaded.keys().getPrivateKey(plain(alias)));
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            Loaded loaded = latest();
            String alias = alias(loaded, loaded.keys().chooseServerAlias(keyType, issuers, null));
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return null; // this is a server
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
