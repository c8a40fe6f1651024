package dev.kiroku.serving.source;

import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The tracking server that resolves model URIs, if one is configured. Its errors are {@link IOException}s here: a model server keeps running. */
final class TrackingServer {
    private final Optional<TrackingClient> client;

    /** @param environment see {@link ClientSettings#fromEnvironment}; without an HTTP address in it, there is no server */
    TrackingServer(Map<String, String> environment) {
        String uri = environment.getOrDefault(ClientSettings.TRACKING_URI, "").strip();
        this.client = ClientSettings.isServerUri(uri.replaceAll("/+$", ""))
                ? Optional.of(new TrackingClient(
                        ClientSettings.fromEnvironment(uri, environment).retryingConnect()))
                : Optional.empty();
    }

    /**
     * Checks that a server is configured.
     *
     * @param uri the URI that needs it, for the message
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if there is none
     */
    void requireServer(String uri) {
        if (client.isEmpty()) {
            throw KirokuException.invalid(
                    "%s needs a tracking server: set MLFLOW_TRACKING_URI to its address, such as http://mlflow-server:5000.",
                    uri);
        }
    }

    /** Calls an operation. */
    <Q extends Record, R extends Record> R call(Endpoint<Q, R> endpoint, Q request) throws IOException {
        return send(server -> server.call(endpoint, request));
    }

    /** Opens a file below {@code mlflow-artifacts:/}. The caller closes the stream. */
    InputStream openArtifact(String path) throws IOException {
        return send(server -> server.openArtifact(path));
    }

    private <T> T send(Function<TrackingClient, T> call) throws IOException {
        requireServer("The model");
        try {
            return call.apply(client.orElseThrow());
        } catch (KirokuException e) {
            String code = e.code().httpStatus() + " " + e.code();
            throw new IOException(
                    e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE
                            ? e.getMessage()
                            : "the tracking server answered " + code + ": " + e.getMessage(),
                    e);
        }
    }
}
