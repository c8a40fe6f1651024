package dev.kiroku.core.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi.CurveAxis;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricSeriesTest {
    private static List<Metric> points(int n) {
        Random random = new Random(3);
        return IntStream.range(0, n)
                .mapToObj(i -> new Metric("m", random.nextGaussian(), 1000L + 10L * i, i))
                .toList();
    }

    @Test
    void downsampleKeepsTheExtremesOfEveryBucket() {
        List<Metric> points = points(100_000);
        MetricSeries sampled = new MetricSeries(points, CurveAxis.STEP, 0).downsample(300);
        assertTrue(sampled.size() <= 4 * 300, () -> "points: " + sampled.size());
        List<Double> kept = sampled.ys();
        double width = 99_999.0 / 300;
        for (int bucket = 0; bucket < 300; bucket++) {
            List<Double> inside = new ArrayList<>();
            for (Metric point : points) {
                if (Math.min(299, (int) (point.step() / width)) == bucket) {
                    inside.add(point.value());
                }
            }
            assertTrue(
                    kept.contains(inside.stream().min(Double::compare).orElseThrow()), "the least of bucket " + bucket);
            assertTrue(
                    kept.contains(inside.stream().max(Double::compare).orElseThrow()),
                    "the greatest of bucket " + bucket);
        }
        assertEquals(sampled.xs().stream().sorted().toList(), sampled.xs());
        assertEquals(0, sampled.xs().getFirst());
        assertEquals(99_999, sampled.xs().getLast());
    }

    @Test
    void rangeKeepsTheNeighbouringPoints() {
        MetricSeries part = new MetricSeries(points(100), CurveAxis.STEP, 0).range(10.5, 20.5);
        assertEquals(10, part.xs().getFirst());
        assertEquals(21, part.xs().getLast());
    }

    @Test
    void axisSelectsStepTimeOrRelativeTime() {
        List<Metric> points = points(3);
        assertEquals(List.of(0.0, 1.0, 2.0), new MetricSeries(points, CurveAxis.STEP, 1000).xs());
        assertEquals(List.of(1000.0, 1010.0, 1020.0), new MetricSeries(points, CurveAxis.TIME, 1000).xs());
        assertEquals(List.of(0.0, 10.0, 20.0), new MetricSeries(points, CurveAxis.RELATIVE, 1000).xs());
    }

    @Test
    void bucketOfOnlyNaNStaysNaN() {
        List<Metric> points = IntStream.range(0, 1000)
                .mapToObj(i -> new Metric("m", i < 500 ? Double.NaN : i, i, i))
                .toList();
        MetricSeries sampled = new MetricSeries(points, CurveAxis.STEP, 0).downsample(10);
        assertTrue(Double.isNaN(sampled.ys().getFirst()));
        assertEquals(999, sampled.ys().getLast());
        assertEquals(
                500,
                sampled.ys().stream()
                        .filter(y -> !Double.isNaN(y))
                        .mapToDouble(y -> y)
                        .min()
                        .orElseThrow());
    }
}
