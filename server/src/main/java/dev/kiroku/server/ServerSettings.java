package dev.kiroku.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How the server listens and whom it answers.
 *
 * @param host the address to listen at
 * @param port 0 for any that is free
 * @param staticPrefix what stands before every path, such as {@code /kiroku}; or empty
 * @param mlflowPages the folder of MLflow's own built pages, to be shown at {@code /} instead of Kiroku's; or null
 * @param allowedHosts patterns of Host headers that are answered ({@code *} stands for any text); null for this machine and private networks
 * @param corsAllowedOrigins patterns of origins whose pages may call, beside this machine's; null for none
 * @param frameOptions the X-Frame-Options header, or null for none
 * @param checksOff answers any host and any origin
 * @param maxBodyBytes of a JSON request, inflated, and never more than an eighth of the JVM's memory; artifacts have no limit
 * @param readTimeout how long a client may keep the server waiting for its next byte
 * @param gracePeriod how long requests under way may take when the server is told to stop
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
        Duration gracePeriod) {
    /** 32 MiB: a dataset's profile alone may have 16. */
    public static final int DEFAULT_MAX_BODY_BYTES = 32 << 20;

    /** The defaults, at an address. */
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
                Duration.ofSeconds(20));
    }
}
