package dev.kiroku.serving.http;

import dev.kiroku.serving.deploy.Deployment;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.protocol.PythonJson;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records answered requests: in metrics and, if so configured, in the access log and the capture file. Thread-safe. */
final class InvocationLog implements AutoCloseable {
    private final ServingMetrics metrics;
    private final @Nullable Consumer<String> accessLog;
    private final @Nullable RequestCapture capture;

    /**
     * Opens the capture file.
     *
     * @param accessLog receives a line of JSON for each request, if the settings ask for it
     */
    InvocationLog(ServingSettings settings, ServingMetrics metrics, Consumer<String> accessLog) throws IOException {
        this.metrics = metrics;
        this.accessLog = settings.accessLog() ? accessLog : null;
        this.capture = settings.captureFile() == null
                ? null
                : new RequestCapture(settings.captureFile(), settings.captureShare());
    }

    /**
     * Records a request.
     *
     * @param model the name of the model; an empty string when there is no such model
     * @param body null when it could not be read
     * @param nanos the duration
     */
    void record(
            String requestId,
            String model,
            String contentType,
            byte @Nullable [] body,
            Deployment.VersionedResponse answer,
            long nanos) {
        String status = Integer.toString(answer.response().status());
        metrics.increment("kiroku_requests_total", "model", model, "version", answer.version(), "status", status);
        metrics.durationHistogram("kiroku_request_seconds", "model", model).observe(nanos / 1e9);
        if (accessLog != null) {
            accessLog.accept("{\"request_id\": \"" + requestId + "\", \"model\": " + PythonJson.quote(model)
                    + ", \"version\": " + PythonJson.quote(answer.version())
                    + ", \"status\": " + status
                    + ", \"bytes_in\": " + (body == null ? -1 : body.length)
                    + ", \"bytes_out\": " + answer.response().body().length
                    + ", \"ms\": " + nanos / 1000 / 1000.0 + "}");
        }
        if (capture != null && body != null) {
            capture.write(requestId, answer.version(), contentType, body, answer.response());
        }
    }

    @Override
    public void close() throws IOException {
        if (capture != null) {
            capture.close();
        }
    }
}
