package dev.kiroku.server;

import dev.kiroku.server.security.ServerCertificate.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the HTTP server.
 *
 * @param host the address to listen at
 * @param port the port to listen at; 0 for a free one
 * @param staticPrefix the prefix of every path, such as {@code /kiroku}; or empty
 * @param mlflowUiFolder the folder of MLflow's built web UI, which is then served at {@code /} instead of Kiroku's; or null
 * @param allowedHosts patterns of accepted Host headers ({@code *} matches any text); null for this machine and private networks
 * @param corsAllowedOrigins patterns of origins whose pages may send requests, beside those of this machine; null for none
 * @param frameOptions the value of {@code X-Frame-Options}, or null for none
 * @param hostChecksDisabled whether any host and origin is accepted
 * @param maxBodyBytes the maximum size of a JSON request after decompression, never more than an eighth of the heap; artifacts are not limited
 * @param readTimeout how long a client may take for its next byte
 * @param gracePeriod how long requests in progress may take when the server stops
 * @param tls the certificate with which the server speaks HTTPS; null for HTTP
 */
public record ServerSettings(
        String host,
        int port,
        String staticPrefix,
        Path mlflowUiFolder,
        List<String> allowedHosts,
        List<String> corsAllowedOrigins,
        String frameOptions,
        boolean hostChecksDisabled,
        int maxBodyBytes,
        Duration readTimeout,
        Duration gracePeriod,
        TlsSettings tls) {
    /**
     * Settings of HTTPS.
     *
     * @param hstsSeconds how long browsers remember to use HTTPS only ({@code Strict-Transport-Security}); 0 for not at all
     */
    public record TlsSettings(CertificateFiles files, int hstsSeconds) {}

    /** 32 MiB, because the profile of a dataset may have 16 MiB. */
    public static final int DEFAULT_MAX_BODY_BYTES = 32 << 20;

    /** Returns the defaults with an address. */
    public static ServerSettings defaults(String host, int port) {
        return new ServerSettings(
                host,
                port,
                "",
                null,
                null,
                null,
                "SAMEORIGIN",
                false,
                DEFAULT_MAX_BODY_BYTES,
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                null);
    }
}
