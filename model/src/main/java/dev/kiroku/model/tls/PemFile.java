package dev.kiroku.model.tls;

import dev.kiroku.model.KirokuException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file with certificates, a private key or both in PEM format. The methods read the file each time. */
public record PemFile(Path path) {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

    /**
     * Returns the certificates in the order of the file; at least one.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the file cannot be read or has none
     */
    public List<X509Certificate> certificates() {
        StringBuilder pem = new StringBuilder();
        CERTIFICATE
                .matcher(read())
                .results()
                .forEach(found -> pem.append(found.group()).append('\n'));
        if (pem.isEmpty()) {
            throw KirokuException.invalid("The file %s has no certificate in PEM format.", path);
        }
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(pem.toString().getBytes(StandardCharsets.ISO_8859_1)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw KirokuException.invalid("The file %s has a certificate that cannot be read: %s", path, e);
        }
    }

    /**
     * Returns a key store in which the certificates are trusted, and no others.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the file cannot be read or has none
     */
    public KeyStore trustStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int index = 0;
            for (X509Certificate certificate : certificates()) {
                store.setCertificateEntry("ca-" + index++, certificate);
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e); // nothing is read or written
        }
    }

    /**
     * Returns the first private key.
     *
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the file cannot be read or has no unencrypted key in PKCS #8 format
     */
    public PrivateKey privateKey() {
        Matcher key = PRIVATE_KEY.matcher(read());
        if (!key.find()) {
            throw KirokuException.invalid(
                    "The file %s has no private key in PKCS #8 format. 'openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW_KEY' converts other formats.",
                    path);
        }
        try {
            var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1)));
            for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                } catch (InvalidKeySpecException e) {
                    // a key of another algorithm
                }
            }
        } catch (IllegalArgumentException e) {
            throw KirokuException.invalid("The private key in %s is not in Base64.", path);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has RSA, EC and Ed25519", e);
        }
        throw KirokuException.invalid(
                "The private key in %s cannot be used: it must be an RSA, EC or Ed25519 key.", path);
    }

    private String read() {
        try {
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw KirokuException.invalid("The file %s cannot be read: %s", path, e);
        }
    }
}
