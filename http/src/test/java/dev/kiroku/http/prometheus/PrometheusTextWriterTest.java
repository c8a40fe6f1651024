package dev.kiroku.http.prometheus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusTextWriterTest {
    private final PrometheusTextWriter writer = new PrometheusTextWriter();

    @Test
    void groupsSamplesByName() {
        writer.write(List.of(
                PrometheusSample.gauge("a", "First.", 1).withLabel("x", "1"),
                PrometheusSample.counter("b_total", "Second.", 2),
                PrometheusSample.gauge("a", "First.", 0.5).withLabel("x", "2")));
        assertEquals("""
                # HELP a First.
                # TYPE a gauge
                a{x="1"} 1
                a{x="2"} 0.5
                # HELP b_total Second.
                # TYPE b_total counter
                b_total 2
                """, writer.toString());
    }

    @Test
    void escapesLabelValues() {
        writer.write(List.of(PrometheusSample.gauge("a", "A.", 1).withLabel("x", "\"\\\n")));
        assertEquals("""
                # HELP a A.
                # TYPE a gauge
                a{x="\\"\\\\\\n"} 1
                """, writer.toString());
    }

    @Test
    void writesHistogramWithCumulativeBuckets() {
        var histogram = new Histogram(Histogram.Buckets.of("0.5", "1.0"));
        List.of(0.25, 0.5, 0.75, 3.0).forEach(histogram::observe);
        writer.write("h", "H.", Map.of("m", "x"), histogram);
        assertEquals("""
                # HELP h H.
                # TYPE h histogram
                h_bucket{m="x",le="0.5"} 2
                h_bucket{m="x",le="1.0"} 3
                h_bucket{m="x",le="+Inf"} 4
                h_sum{m="x"} 4.5
                h_count{m="x"} 4
                """, writer.toString());
    }
}
