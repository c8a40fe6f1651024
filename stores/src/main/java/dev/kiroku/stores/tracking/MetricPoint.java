package dev.kiroku.stores.tracking;

import java.util.Comparator;

/**
 * A metric point as it is stored.
 *
 * @param keyId the id of the key in the dictionary of keys
 * @param value finite or NaN: infinities are stored as the greatest finite values, as in MLflow
 * @param timestamp in milliseconds since 1970
 */
public record MetricPoint(long keyId, double value, long timestamp, long step) {
    /** The order of a metric history. */
    static final Comparator<MetricPoint> BY_TIME = Comparator.comparingLong(MetricPoint::timestamp)
            .thenComparingLong(MetricPoint::step)
            .thenComparingDouble(MetricPoint::sortValue)
            .thenComparing(MetricPoint::isNaN);

    private static final Comparator<MetricPoint> LATEST = Comparator.comparingLong(MetricPoint::step)
            .thenComparingLong(MetricPoint::timestamp)
            .thenComparingDouble(MetricPoint::sortValue);

    /** The order of sampled histories. */
    static final Comparator<MetricPoint> BY_STEP = LATEST.thenComparing(MetricPoint::isNaN);

    /** Returns a point with a value as it is stored. */
    static MetricPoint of(long keyId, double value, long timestamp, long step) {
        double finite = Double.isInfinite(value) ? Math.copySign(Double.MAX_VALUE, value) : value;
        // Adding 0.0 turns -0.0 into 0.0, so that equal points are equal records.
        return new MetricPoint(keyId, finite + 0.0, timestamp, step);
    }

    /** Returns whether {@code a} replaces {@code b} as the latest point of a metric: by step, then timestamp, then value. */
    static boolean isLater(MetricPoint a, MetricPoint b) {
        return LATEST.compare(a, b) > 0;
    }

    /** Returns whether the value is NaN. */
    boolean isNaN() {
        return Double.isNaN(value);
    }

    /** Returns the value to sort by; MLflow treats NaN as 0. */
    double sortValue() {
        return isNaN() ? 0 : value;
    }
}
