package dev.kiroku.core.transfer;

import java.util.Arrays;

/**
 * Points of one metric, in arrays of equal length, so that millions of them need no objects.
 *
 * @param timestamps milliseconds since 1970
 * @param values any doubles, including NaN and infinities
 */
public record MetricPoints(String key, long[] timestamps, long[] steps, double[] values) {
    /** Returns the number of points. */
    public int size() {
        return values.length;
    }

    /** Returns some of the points. */
    public MetricPoints slice(int from, int to) {
        return new MetricPoints(
                key,
                Arrays.copyOfRange(timestamps, from, to),
                Arrays.copyOfRange(steps, from, to),
                Arrays.copyOfRange(values, from, to));
    }
}
