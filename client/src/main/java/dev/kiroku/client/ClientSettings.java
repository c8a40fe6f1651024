package dev.kiroku.client;

import dev.kiroku.model.KirokuException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/**
 * How a client reaches a tracking server. The environment variables are those of MLflow's Python client.
 *
 * @param baseUri the server's address without a trailing slash, with the path prefix if it has one
 * @param authorization the value of the {@code Authorization} header, or null for anonymous requests
 * @param tls options for {@code https}
 * @param requestTimeout the maximum time until the server begins to respond
 * @param maxRetries how often a request is sent again, at most
 * @param retryConnect whether failed attempts to connect are retried, for programs that may start before the server
 */
public record ClientSettings(
        URI baseUri, String authorization, Tls tls, Duration requestTimeout, int maxRetries, boolean retryConnect) {
    /** The variable that holds the server's address. */
    public static final String TRACKING_URI = "MLFLOW_TRACKING_URI";

    private static final String DEFAULT_URI = "http://127.0.0.1:5000";
    private static final int DEFAULT_RETRIES = 3;
    private static final int DEFAULT_TIMEOUT_SECONDS = 120;

    /**
     * TLS options.
     *
     * @param insecure whether any certificate and host name is accepted
     * @param serverCertificates a PEM file with the certificate authorities to trust instead of the JDK's, or null
     * @param clientCertificate a PEM file with the client's certificate and its private key in PKCS #8, or null
     */
    public record Tls(boolean insecure, Path serverCertificates, Path clientCertificate) {
        /** The JDK's defaults. */
        public static final Tls DEFAULT = new Tls(false, null, null);
    }

    /**
     * Returns the settings that environment variables name.
     *
     * @param uri the server's address, or null for that in {@code MLFLOW_TRACKING_URI} or else {@code http://127.0.0.1:5000}
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the address or a variable has an invalid value
     */
    public static ClientSettings fromEnvironment(String uri, Map<String, String> environment) {
        String configured = uri != null ? uri : environment.getOrDefault(TRACKING_URI, "");
        String base = (configured.isBlank() ? DEFAULT_URI : configured.strip()).replaceAll("/+$", "");
        if (!isServerUri(base)) {
            throw KirokuException.invalid(
                    "'%s' is not the address of a server, such as http://127.0.0.1:5000. Set --tracking-uri or %s.",
                    mask(base), TRACKING_URI);
        }
        return new ClientSettings(
                URI.create(base),
                authorization(environment),
                tls(environment),
                Duration.ofSeconds(number(environment, "MLFLOW_HTTP_REQUEST_TIMEOUT", DEFAULT_TIMEOUT_SECONDS)),
                number(environment, "MLFLOW_HTTP_REQUEST_MAX_RETRIES", DEFAULT_RETRIES),
                false);
    }

    /** Returns whether a text is the address of a tracking server, and not a database or a folder. */
    public static boolean isServerUri(String uri) {
        return uri.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?");
    }

    /** Returns a copy that also retries failed attempts to connect. */
    public ClientSettings retryingConnect() {
        return new ClientSettings(baseUri, authorization, tls, requestTimeout, maxRetries, true);
    }

    /** Returns the address without credentials, for messages. */
    public String displayUri() {
        return mask(baseUri.toString());
    }

    private static String mask(String uri) {
        return uri.replaceAll("://[^@/]*@", "://***@");
    }

    private static String authorization(Map<String, String> environment) {
        String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
        String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
        String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
        if (!user.isEmpty() && !password.isEmpty()) {
            return "Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }
        return token.isEmpty() ? null : "Bearer " + token;
    }

    private static Tls tls(Map<String, String> environment) {
        boolean insecure =
                environment.getOrDefault("MLFLOW_TRACKING_INSECURE_TLS", "").matches("(?i)true|1");
        return new Tls(
                insecure,
                path(environment, "MLFLOW_TRACKING_SERVER_CERT_PATH"),
                path(environment, "MLFLOW_TRACKING_CLIENT_CERT_PATH"));
    }

    private static Path path(Map<String, String> environment, String variable) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() ? null : Path.of(value);
    }

    private static int number(Map<String, String> environment, String variable, int defaultValue) {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
            return defaultValue;
        }
        if (!value.matches("\\d{1,6}")) {
            throw KirokuException.invalid("%s must be a whole number, and is '%s'.", variable, value);
        }
        return Integer.parseInt(value);
    }
}
