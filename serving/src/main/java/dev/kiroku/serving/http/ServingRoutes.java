package dev.kiroku.serving.http;

import dev.kiroku.http.RequestBodies;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.http.prometheus.PrometheusTextWriter;
import dev.kiroku.serving.deploy.ServedModels;
import dev.kiroku.serving.metrics.ServingMetrics;
import dev.kiroku.serving.protocol.ScoringResponse;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Dispatches requests by path, and answers those for health, version and metrics. Thread-safe. */
final class ServingRoutes {
    private static final ScoringResponse METHOD_NOT_ALLOWED =
            ScoringResponse.json(405, "{\"detail\":\"Method Not Allowed\"}");
    private static final String INVOCATIONS = "/invocations";
    private static final String MODELS = "/models/";

    private final RequestBodies bodies;
    private final ServedModels models;
    private final ServingMetrics metrics;
    private final InFlightRequests inFlight;
    private final InvocationHandler invocations;

    ServingRoutes(
            RequestBodies bodies,
            ServedModels models,
            ServingMetrics metrics,
            InFlightRequests inFlight,
            InvocationHandler invocations) {
        this.bodies = bodies;
        this.models = models;
        this.metrics = metrics;
        this.inFlight = inFlight;
        this.invocations = invocations;
    }

    void dispatch(ServerRequest request, ServerResponse response) {
        RequestBodies.Body body = bodies.open(request);
        if (body.isLastOfConnection()) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        answer(request, body, response);
        body.finish();
    }

    private void answer(ServerRequest request, RequestBodies.Body body, ServerResponse response) {
        String path = request.prologue().uriPath().rawPath();
        String method = request.prologue().method().text();
        boolean named = path.startsWith(MODELS)
                && path.endsWith(INVOCATIONS)
                && path.length() > MODELS.length() + INVOCATIONS.length();
        if (path.equals(INVOCATIONS) || named) {
            if (method.equals("POST")) {
                String name = named ? path.substring(MODELS.length(), path.length() - INVOCATIONS.length()) : null;
                invocations.handle(request, body, response, name);
            } else {
                send(method, response.header(HeaderNames.ALLOW, "POST"), METHOD_NOT_ALLOWED);
            }
            return;
        }
        switch (path) {
            case "/ping", "/health", "/live", "/version", "/metrics" -> {
                if (method.equals("GET")) {
                    send(method, response, get(path));
                } else {
                    send(method, response.header(HeaderNames.ALLOW, "GET"), METHOD_NOT_ALLOWED);
                }
            }
            default -> send(method, response, ScoringResponse.notFound());
        }
    }

    /** Sends a response, without its body to a HEAD request: the client would take it for the next response. */
    private static void send(String method, ServerResponse response, ScoringResponse content) {
        boolean head = method.equals("HEAD");
        ScoringResponses.send(
                response, head ? new ScoringResponse(content.status(), content.contentType(), new byte[0]) : content);
    }

    private ScoringResponse get(String path) {
        return switch (path) {
            case "/ping", "/health" ->
                ScoringResponse.json(!inFlight.isStopping() && models.isReady() ? 200 : 503, "\n");
            case "/live" -> ScoringResponse.json(200, "\n");
            case "/version" ->
                ScoringResponse.json(
                        200,
                        models.loaded().stream()
                                .map(router -> router.primary().mlflowVersion())
                                .findFirst()
                                .orElse(""));
            case "/metrics" -> new ScoringResponse(200, PrometheusTextWriter.CONTENT_TYPE, writeMetrics());
            default -> ScoringResponse.notFound();
        };
    }

    private byte[] writeMetrics() {
        PrometheusTextWriter writer = new PrometheusTextWriter();
        metrics.writeTo(writer);
        writer.write(models.loaded().stream()
                .flatMap(router -> router.deployments().stream())
                .flatMap(deployment -> deployment.samples().stream())
                .toList());
        writer.write(List.of(PrometheusSample.gauge(
                "kiroku_requests_under_way", "Scoring requests that are being answered.", inFlight.count())));
        return writer.toString().getBytes(StandardCharsets.UTF_8);
    }
}
