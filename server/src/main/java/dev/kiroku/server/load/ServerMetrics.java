package dev.kiroku.server.load;

import dev.kiroku.http.prometheus.Histogram;
import dev.kiroku.http.prometheus.ProcessSamples;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.http.prometheus.PrometheusTextWriter;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Durations of requests by method, route and status, and the page {@code /metrics} that Prometheus scrapes. Thread-safe. */
public final class ServerMetrics {
    private static final String DURATION = "kiroku_http_request_duration_seconds";
    private static final Histogram.Buckets SECONDS = Histogram.Buckets.of(
            "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0");

    /** The methods that have a series of their own; all others share one, since clients can invent methods. */
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private static final String OTHER_METHOD = "other";

    private record RequestLabels(String method, String route, int status) {
        Map<String, String> toMap() {
            return new TreeMap<>(Map.of("method", method, "route", route, "status", Integer.toString(status)));
        }
    }

    private final ConcurrentMap<RequestLabels, Histogram> requestDurations = new ConcurrentHashMap<>();
    private final AdmissionController admission;
    private final Supplier<List<PrometheusSample>> additionalSamples;

    /** @param additionalSamples samples of other modules, asked for at each scrape */
    public ServerMetrics(AdmissionController admission, Supplier<List<PrometheusSample>> additionalSamples) {
        this.admission = admission;
        this.additionalSamples = additionalSamples;
    }

    /**
     * Records the duration of a request. The number of series is bounded whatever clients send.
     *
     * @param method the HTTP method as sent
     * @param route the template that the path matched, not the path
     */
    public void recordRequest(String method, String route, int status, long nanos) {
        requestDurations
                .computeIfAbsent(
                        new RequestLabels(METHODS.contains(method) ? method : OTHER_METHOD, route, status),
                        _ -> new Histogram(SECONDS))
                .observe(nanos / 1e9);
    }

    /** Returns the present values of all metrics, for {@code /metrics}. */
    public Response scrape(Request request) {
        PrometheusTextWriter writer = new PrometheusTextWriter();
        requestDurations.forEach((labels, histogram) ->
                writer.write(DURATION, "Duration of requests until the last byte is sent.", labels.toMap(), histogram));
        writer.write(admission.samples());
        writer.write(additionalSamples.get());
        writer.write(ProcessSamples.collect());
        return Response.text(200, PrometheusTextWriter.CONTENT_TYPE, writer.toString());
    }
}
