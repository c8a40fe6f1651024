package dev.kiroku.serving.http;

import dev.kiroku.http.RequestId;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.http.prometheus.PrometheusTextWriter;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.deploy.Deployment;
import dev.kiroku.serving.deploy.ServedModels;
import dev.kiroku.serving.deploy.TrafficRouter;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.protocol.PythonJson;
import dev.kiroku.serving.protocol.ScoringResponse;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scoring protocol over HTTP, and beside it what operators need: readiness, liveness and metrics. */
public final class ServingServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServingServer.class);
    private static final HeaderName REQUEST_ID = HeaderNames.create(RequestId.HEADER);
    private static final HeaderName MODEL_VERSION = HeaderNames.create("X-Kiroku-Model-Version");
    private static final HeaderName RETRY_AFTER = HeaderNames.create("Retry-After");
    private static final String INVOCATIONS = "/invocations";
    private static final String MODELS = "/models/";
    /** As FastAPI words them, on which MLflow's server stands. */
    private static final ScoringResponse NOT_FOUND = jsonResponse(404, "{\"detail\":\"Not Found\"}");

    private static final ScoringResponse METHOD_NOT_ALLOWED = jsonResponse(405, "{\"detail\":\"Method Not Allowed\"}");

    private final ServingSettings settings;
    private final ServedModels models;
    private final ServingMetrics metrics;
    private final Consumer<String> accessLog;
    private final RequestCapture capture;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final WebServer server;
    private volatile boolean stopping;

    private ServingServer(
            ServingSettings settings, ServedModels models, ServingMetrics metrics, Consumer<String> accessLog)
            throws IOException {
        this.settings = settings;
        this.models = models;
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.capture = settings.captureFile() == null
                ? null
                : new RequestCapture(settings.captureFile(), settings.captureShare());
        this.server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false)
                .shutdownGracePeriod(settings.gracePeriod())
                .maxPayloadSize(-1)
                .idleConnectionTimeout(Duration.ofMinutes(5))
                .connectionOptions(c -> c.readTimeout(settings.readTimeout()).tcpNoDelay(true))
                .addProtocol(Http1Config.builder().validatePath(false).build())
                .routing(routing -> routing.any(this::dispatch))
                .build()
                .start();
        if (!server.isRunning()) {
            throw KirokuException.invalid(
                    "cannot listen at %s:%d: the port is taken, or the address is not this machine's. Choose another with --port and --host.",
                    settings.host(), settings.port());
        }
    }

    /**
     * Starts to listen; requests are told to come back until the models are ready.
     *
     * @param accessLog gets a line of JSON for each request, when the settings ask for it
     */
    public static ServingServer start(
            ServingSettings settings, ServedModels models, ServingMetrics metrics, Consumer<String> accessLog)
            throws IOException {
        return new ServingServer(settings, models, metrics, accessLog);
    }

    public int port() {
        return server.port();
    }

    private void dispatch(ServerRequest from, ServerResponse to) {
        String path = from.prologue().uriPath().rawPath();
        boolean get = from.prologue().method().text().equals("GET");
        boolean named = path.startsWith(MODELS)
                && path.endsWith(INVOCATIONS)
                && path.length() > MODELS.length() + INVOCATIONS.length();
        if (path.equals(INVOCATIONS) || named) {
            if (!from.prologue().method().text().equals("POST")) {
                send(to.header(HeaderNames.ALLOW, "POST"), METHOD_NOT_ALLOWED);
            } else {
                predict(from, to, named ? path.substring(MODELS.length(), path.length() - INVOCATIONS.length()) : null);
            }
            return;
        }
        switch (path) {
            case "/ping", "/health" ->
                sendToGet(
                        get,
                        to,
                        new ScoringResponse(
                                !stopping && models.isReady() ? 200 : 503, ScoringResponse.JSON, new byte[] {'\n'}));
            case "/live" -> sendToGet(get, to, new ScoringResponse(200, ScoringResponse.JSON, new byte[] {'\n'}));
            case "/version" ->
                sendToGet(
                        get,
                        to,
                        jsonResponse(
                                200,
                                models.loaded().stream()
                                        .map(traffic -> traffic.primary().mlflowVersion())
                                        .findFirst()
                                        .orElse("")));
            case "/metrics" ->
                sendToGet(get, to, new ScoringResponse(200, PrometheusTextWriter.CONTENT_TYPE, writeMetrics()));
            default -> send(to, NOT_FOUND);
        }
    }

    private static void sendToGet(boolean get, ServerResponse to, ScoringResponse answer) {
        if (get) {
            send(to, answer);
        } else {
            send(to.header(HeaderNames.ALLOW, "GET"), METHOD_NOT_ALLOWED);
        }
    }

    private void predict(ServerRequest from, ServerResponse to, String name) {
        long began = System.nanoTime();
        String id = RequestId.of(from.headers().first(REQUEST_ID));
        String contentType = from.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        byte[] body = null;
        Deployment.VersionedResponse answered;
        inFlight.incrementAndGet();
        try {
            body = readBody(from);
            answered = body == null ? tooLarge() : invoke(name, contentType, body);
        } catch (IOException | UncheckedIOException e) {
            answered =
                    unversioned(ScoringResponse.error(ErrorCode.BAD_REQUEST, "The request broke off before its end."));
        } catch (KirokuException e) {
            answered = unversioned(ScoringResponse.error(e.code(), e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("request {} failed", id, e);
            answered = unversioned(ScoringResponse.error(
                    ErrorCode.INTERNAL_ERROR,
                    "Something went wrong that should not have. The server's log has more under " + id + "."));
        } finally {
            inFlight.decrementAndGet();
        }
        to.header(REQUEST_ID, id);
        if (!answered.version().isEmpty()) {
            to.header(MODEL_VERSION, answered.version());
        }
        ScoringResponse answer = answered.response();
        if (answer.status() == 503) {
            to.header(RETRY_AFTER, "1");
        }
        if (stopping) {
            to.header(HeaderNames.CONNECTION, "close");
        }
        send(to, answer);
        recordRequest(id, name, answered, body, contentType, System.nanoTime() - began);
    }

    private Deployment.VersionedResponse invoke(String name, String contentType, byte[] body) {
        Optional<TrafficRouter> model = find(name);
        if (model.isEmpty()) {
            return unversioned(
                    name == null
                            ? NOT_FOUND
                            : ScoringResponse.error(
                                    ErrorCode.RESOURCE_DOES_NOT_EXIST, "There is no model of that name here."));
        }
        if (contentType.isEmpty()) {
            return unversioned(
                    ScoringResponse.text(
                            415,
                            "This predictor needs a Content-Type: application/json, text/csv or application/vnd.apache.parquet."));
        }
        return model.flatMap(router -> router.predict(contentType, body))
                // The model may have been unloaded just now, for another one to be loaded.
                .or(() -> find(name).flatMap(router -> router.predict(contentType, body)))
                .orElseGet(() -> unversioned(ScoringResponse.error(
                        ErrorCode.TEMPORARILY_UNAVAILABLE, "The model is not loaded yet. Try again soon.")));
    }

    private Optional<TrafficRouter> find(String name) {
        return name == null ? models.findDefault() : models.findByName(name);
    }

    private static Deployment.VersionedResponse unversioned(ScoringResponse answer) {
        return new Deployment.VersionedResponse(answer, "");
    }

    private Deployment.VersionedResponse tooLarge() {
        return unversioned(ScoringResponse.error(
                413,
                ErrorCode.BAD_REQUEST,
                "The request body is larger than the " + settings.maxBodyBytes()
                        + " bytes that this server takes; send it in parts."));
    }

    /** Null when it is too large. */
    private byte[] readBody(ServerRequest from) throws IOException {
        OptionalLong length = from.headers().contentLength();
        if (length.orElse(0) > settings.maxBodyBytes()) {
            return null;
        }
        // Memory is taken as the bytes come, not as they are announced.
        byte[] body = from.content().inputStream().readNBytes((int) length.orElse(settings.maxBodyBytes() + 1L));
        if (body.length < length.orElse(0)) {
            throw new EOFException();
        }
        return body.length > settings.maxBodyBytes() ? null : body;
    }

    private void recordRequest(
            String id,
            String name,
            Deployment.VersionedResponse answered,
            byte[] body,
            String contentType,
            long nanos) {
        String model = name != null
                ? name
                : models.findDefault().map(router -> router.primary().name()).orElse("");
        String status = Integer.toString(answered.response().status());
        // A name that the client made up must not become a series of its own.
        String known = answered.version().isEmpty() && name != null ? "" : model;
        metrics.increment("kiroku_requests_total", "model", known, "version", answered.version(), "status", status);
        metrics.durationHistogram("kiroku_request_seconds", "model", known).observe(nanos / 1e9);
        if (settings.accessLog()) {
            accessLog.accept(
                    "{\"request_id\": \"" + id + "\", \"model\": " + PythonJson.quote(known) + ", \"version\": "
                            + PythonJson.quote(answered.version())
                            + ", \"status\": " + status + ", \"bytes_in\": " + (body == null ? -1 : body.length)
                            + ", \"bytes_out\": "
                            + answered.response().body().length + ", \"ms\": " + nanos / 1000 / 1000.0 + "}");
        }
        if (capture != null && body != null) {
            capture.write(id, answered.version(), contentType, body, answered.response());
        }
    }

    private byte[] writeMetrics() {
        PrometheusTextWriter writer = new PrometheusTextWriter();
        metrics.writeTo(writer);
        writer.write(models.loaded().stream()
                .flatMap(traffic -> traffic.deployments().stream())
                .flatMap(deployment -> deployment.samples().stream())
                .toList());
        writer.write(List.of(PrometheusSample.gauge(
                "kiroku_requests_under_way", "Scoring requests that are being answered.", inFlight.get())));
        return writer.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ScoringResponse jsonResponse(int status, String text) {
        return new ScoringResponse(status, ScoringResponse.JSON, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(ServerResponse to, ScoringResponse answer) {
        to.status(answer.status()).header(HeaderNames.CONTENT_TYPE, answer.contentType());
        to.send(answer.body());
    }

    /** Says that it is not ready any more, takes no more connections, answers who is waiting, and stops. */
    @Override
    public void close() {
        stopping = true;
        long end = System.nanoTime() + settings.gracePeriod().toNanos();
        try {
            while (inFlight.get() > 0 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            server.stop();
            if (capture != null) {
                capture.close();
            }
        } catch (IOException e) {
            LOG.warn("the capture file could not be closed: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
