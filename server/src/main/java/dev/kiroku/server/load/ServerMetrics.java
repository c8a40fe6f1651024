package dev.kiroku.server.load;

import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Counts what is answered and how long it took, and tells it together with what others have to tell, for Prometheus. */
public final class ServerMetrics {
    private static final double[] BUCKET_BOUNDS_SECONDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };
    private static final String DURATION = "kiroku_http_request_duration_seconds";

    private record RequestLabels(String method, String route, int status) {}

    private static final class DurationHistogram {
        private final List<LongAdder> buckets = IntStream.rangeClosed(0, BUCKET_BOUNDS_SECONDS.length)
                .mapToObj(i -> new LongAdder())
                .toList();
        private final LongAdder nanos = new LongAdder();

        void observe(long took) {
            int bucket = 0;
            while (bucket < BUCKET_BOUNDS_SECONDS.length && took > BUCKET_BOUNDS_SECONDS[bucket] * 1e9) {
                bucket++;
            }
            buckets.get(bucket).increment();
            nanos.add(took);
        }
    }

    private final ConcurrentMap<RequestLabels, DurationHistogram> requestDurations = new ConcurrentHashMap<>();
    private final AdmissionController admission;
    private final Supplier<List<PrometheusSample>> additionalSamples;

    /** @param others what else is to be told, asked each time */
    public ServerMetrics(AdmissionController admission, Supplier<List<PrometheusSample>> others) {
        this.admission = admission;
        this.additionalSamples = others;
    }

    /** @param route the template that the path fitted: there are only so many, however many paths clients make up */
    public void recordRequest(String method, String route, int status, long nanos) {
        requestDurations
                .computeIfAbsent(new RequestLabels(method, route, status), kind -> new DurationHistogram())
                .observe(nanos);
    }

    /** Answers a scrape. */
    public Response scrape(Request request) {
        PrometheusTextWriter page = new PrometheusTextWriter();
        requestDurations.forEach((kind, histogram) -> writeHistogram(page, kind, histogram));
        Stream.of(admission.samples(), additionalSamples.get(), ProcessSamples.collect())
                .flatMap(List::stream)
                .forEach(page::add);
        return Response.text(200, PrometheusTextWriter.CONTENT_TYPE, page.toString());
    }

    private static void writeHistogram(PrometheusTextWriter page, RequestLabels kind, DurationHistogram histogram) {
        page.writeHeader(DURATION, "histogram", "How long answers took, until the last byte was given to the network.");
        Map<String, String> labels = new TreeMap<>(
                Map.of("method", kind.method, "route", kind.route, "status", Integer.toString(kind.status)));
        long count = 0;
        for (int i = 0; i <= BUCKET_BOUNDS_SECONDS.length; i++) {
            count += histogram.buckets.get(i).sum();
            labels.put("le", i == BUCKET_BOUNDS_SECONDS.length ? "+Inf" : Double.toString(BUCKET_BOUNDS_SECONDS[i]));
            page.writeSample(DURATION + "_bucket", labels, count);
        }
        labels.remove("le");
        page.writeSample(DURATION + "_sum", labels, histogram.nanos.sum() / 1e9);
        page.writeSample(DURATION + "_count", labels, count);
    }
}
