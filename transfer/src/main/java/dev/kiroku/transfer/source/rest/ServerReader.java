package dev.kiroku.transfer.source.rest;

import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests to a tracking server that only read. While the server is away or busy they wait and are sent again, and so is a request whose answer
 * broke off. Answers may be longer than requests to Kiroku may be. Thread-safe.
 */
final class ServerReader implements AutoCloseable {
    private static final int MIN_RETRIES = 7; // some 50 seconds: a restart of the server
    private static final int MAX_BROKEN_ANSWERS = 5;
    private static final Set<ErrorCode> UNKNOWN_OPERATION = Set.of(ErrorCode.NOT_FOUND, ErrorCode.ENDPOINT_NOT_FOUND);
    private static final String SIGN_IN_BY_VARIABLES =
            " Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, of a user who may read everything that is to be imported.";

    private final ClientSettings settings;
    private final String signIn;
    private final TrackingClient client;
    private final JsonMapper json = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** Creates a reader with the credentials of environment variables. No request is sent. */
    ServerReader(ClientSettings settings) {
        this(settings, SIGN_IN_BY_VARIABLES);
    }

    /**
     * Creates a reader. No request is sent.
     *
     * @param signIn what to do if the server refuses the credentials: a sentence after a space
     */
    ServerReader(ClientSettings settings, String signIn) {
        this.settings = settings;
        this.signIn = signIn;
        this.client = new TrackingClient(new ClientSettings(
                settings.baseUri(),
                settings.authorization(),
                settings.tls(),
                settings.requestTimeout(),
                Math.max(MIN_RETRIES, settings.maxRetries()),
                true));
    }

    /** Returns another reader of the same server, to be closed by itself. */
    ServerReader copy() {
        return new ServerReader(settings, signIn);
    }

    /** Reads the body of an answer. */
    interface BodyReader<T> {
        T read(InputStream body) throws IOException;
    }

    /** Returns the address of the server without credentials. */
    String address() {
        return settings.displayUri();
    }

    /**
     * Returns the release that the server names, or empty if it names none.
     *
     * @throws KirokuException if it cannot be reached; it is not waited for
     */
    Optional<String> version() {
        try (TrackingClient impatient = new TrackingClient(settings)) {
            String text = new String(impatient.get("/version", Map.of()), StandardCharsets.UTF_8).strip();
            return Optional.of(text).filter(version -> version.matches("[\\w.+-]{1,40}"));
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Returns an empty object, to make requests from. */
    ObjectNode request() {
        return json.createObjectNode();
    }

    /** Sends a GET. @param operation the path below {@code /api} */
    JsonNode get(String operation, Map<String, String> query) {
        return get(operation, query, this::readJson);
    }

    /** Sends a GET, and reads the answer as a stream. */
    <T> T get(String operation, Map<String, String> query, BodyReader<T> reader) {
        return read(operation, () -> client.open("/api" + operation, query), reader);
    }

    /** Sends a POST. */
    JsonNode post(String operation, ObjectNode request) {
        byte[] body = json.writeValueAsBytes(request);
        return read(operation, () -> client.openSearch("/api" + operation, body), this::readJson);
    }

    /** Opens a file of the artifacts that the server serves; the caller closes the stream. */
    InputStream openArtifact(ArtifactPath file) {
        try {
            return client.openArtifact(file.value());
        } catch (KirokuException e) {
            throw withHint(e);
        }
    }

    /** Returns an answer, or empty if the server does not have the operation, because its release is older. */
    static Optional<JsonNode> ifSupported(Supplier<JsonNode> call) {
        try {
            return Optional.of(call.get());
        } catch (KirokuException e) {
            if (UNKNOWN_OPERATION.contains(e.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private JsonNode readJson(InputStream body) throws IOException {
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage(), e);
        }
    }

    private <T> T read(String operation, Supplier<InputStream> request, BodyReader<T> reader) {
        for (int attempt = 1; ; attempt++) {
            try (InputStream body = request.get()) {
                return reader.read(body);
            } catch (IOException e) {
                if (attempt == MAX_BROKEN_ANSWERS) {
                    throw new KirokuException(
                            ErrorCode.TEMPORARILY_UNAVAILABLE,
                            "The answer of %s to %s cannot be read: %s. Check that this is the address of a tracking server, and run the command again."
                                    .formatted(address(), operation, e.getMessage()),
                            e);
                }
            } catch (KirokuException e) {
                throw withHint(e);
            }
        }
    }

    private KirokuException withHint(KirokuException e) {
        String message = String.valueOf(e.getMessage());
        boolean refused = e.code() == ErrorCode.UNAUTHENTICATED || e.code() == ErrorCode.PERMISSION_DENIED;
        return refused && !message.contains("MLFLOW_TRACKING_")
                ? new KirokuException(e.code(), message + signIn, e)
                : e;
    }

    @Override
    public void close() {
        client.close();
    }
}
