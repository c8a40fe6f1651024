package dev.kiroku.server.load;

import dev.kiroku.server.http.Reply;
import dev.kiroku.server.http.Request;
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
public final class Metrics {
    private static final double[] BOUNDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final String DURATION = "kiroku_http_request_duration_seconds";

    private record Kind(String method, String route, int status) {}

    private static final class Histogram {
        private final List<LongAdder> buckets = IntStream.rangeClosed(0, BOUNDS.length)
                .mapToObj(i -> new LongAdder())
                .toList();
        private final LongAdder nanos = new LongAdder();

        void add(long took) {
            int bucket = 0;
            while (bucket < BOUNDS.length && took > BOUNDS[bucket] * 1e9) {
                bucket++;
            }
            buckets.get(bucket).increment();
            nanos.add(took);
        }
    }

    private final ConcurrentMap<Kind, Histogram> answered = new ConcurrentHashMap<>();
    private final Admission admission;
    private final Supplier<List<Sample>> others;

    /** @param others what else is to be told, asked each time */
    public Metrics(Admission admission, Supplier<List<Sample>> others) {
        this.admission = admission;
        this.others = others;
    }

    /** @param route the template that the path fitted: there are only so many, however many paths clients make up */
    public void answered(String method, String route, int status, long nanos) {
        answered.computeIfAbsent(new Kind(method, route, status), kind -> new Histogram())
                .add(nanos);
    }

    /** Answers a scrape. */
    public Reply page(Request request) {
        Exposition page = new Exposition();
        answered.forEach((kind, histogram) -> add(page, kind, histogram));
        Stream.of(admission.samples(), others.get(), ProcessSamples.all())
                .flatMap(List::stream)
                .forEach(page::add);
        return Reply.text(200, Exposition.CONTENT_TYPE, page.toString());
    }

    private static void add(Exposition page, Kind kind, Histogram histogram) {
        page.head(DURATION, "histogram", "How long answers took, until the last byte was given to the network.");
        Map<String, String> labels = new TreeMap<>(
                Map.of("method", kind.method, "route", kind.route, "status", Integer.toString(kind.status)));
        long count = 0;
        for (int i = 0; i <= BOUNDS.length; i++) {
            count += histogram.buckets.get(i).sum();
            labels.put("le", i == BOUNDS.length ? "+Inf" : Double.toString(BOUNDS[i]));
            page.line(DURATION + "_bucket", labels, count);
        }
        labels.remove("le");
        page.line(DURATION + "_sum", labels, histogram.nanos.sum() / 1e9);
        page.line(DURATION + "_count", labels, count);
    }
}
