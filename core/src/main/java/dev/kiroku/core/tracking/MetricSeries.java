package dev.kiroku.core.tracking;

import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.OverviewApi.CurveAxis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The points of a metric in the order of a chart axis, x ascending. */
final class MetricSeries {
    private final double[] x;
    private final double[] y;

    private MetricSeries(double[] x, double[] y) {
        this.x = x;
        this.y = y;
    }

    /** @param startTime the start of the run in milliseconds since 1970, where a relative axis begins */
    MetricSeries(List<Metric> points, CurveAxis axis, long startTime) {
        record Dot(double x, double y) {}
        Dot[] dots = new Dot[points.size()];
        for (int i = 0; i < dots.length; i++) {
            Metric point = points.get(i);
            double at = switch (axis) {
                case STEP -> point.step();
                case TIME -> point.timestamp();
                case RELATIVE -> (double) point.timestamp() - startTime;
            };
            dots[i] = new Dot(at, point.value());
        }
        Arrays.sort(dots, Comparator.comparingDouble(Dot::x)); // stable: points with equal x keep their order
        this.x = Arrays.stream(dots).mapToDouble(Dot::x).toArray();
        this.y = Arrays.stream(dots).mapToDouble(Dot::y).toArray();
    }

    int size() {
        return x.length;
    }

    /** Returns the points of a range and the neighbouring points outside, so that the line is drawn up to the edges of the chart. */
    MetricSeries range(double from, double to) {
        int first = 0;
        while (first + 1 < x.length && x[first + 1] < from) {
            first++;
        }
        int end = x.length;
        while (end - 2 >= first && x[end - 2] > to) {
            end--;
        }
        return new MetricSeries(Arrays.copyOfRange(x, first, end), Arrays.copyOfRange(y, first, end));
    }

    /**
     * Returns the first, minimum, maximum and last point of each of {@code buckets} intervals of equal width, in their order. NaN is kept if
     * a bucket has no other value.
     */
    MetricSeries downsample(int buckets) {
        if (x.length <= 4 * buckets) {
            return this;
        }
        double start = x[0];
        double width = (x[x.length - 1] - start) / buckets;
        List<Integer> kept = new ArrayList<>(4 * buckets);
        for (int from = 0; from < x.length; ) {
            int bucket = bucketOf(from, start, width, buckets);
            int least = from;
            int greatest = from;
            int to = from;
            while (to < x.length && bucketOf(to, start, width, buckets) == bucket) {
                least = Double.isNaN(y[least]) || y[to] < y[least] ? to : least;
                greatest = Double.isNaN(y[greatest]) || y[to] > y[greatest] ? to : greatest;
                to++;
            }
            Arrays.stream(new int[] {from, least, greatest, to - 1})
                    .sorted()
                    .distinct()
                    .forEach(kept::add);
            from = to;
        }
        return new MetricSeries(
                kept.stream().mapToDouble(i -> x[i]).toArray(),
                kept.stream().mapToDouble(i -> y[i]).toArray());
    }

    private int bucketOf(int i, double start, double width, int buckets) {
        return width > 0 ? Math.min(buckets - 1, (int) ((x[i] - start) / width)) : 0;
    }

    List<Double> xs() {
        return Arrays.stream(x).boxed().toList();
    }

    List<Double> ys() {
        return Arrays.stream(y).boxed().toList();
    }
}
