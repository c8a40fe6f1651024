package dev.kiroku.stores.tracking;

import java.util.Comparator;

/**
 * A metric point as it is kept.
 *
 * @param keyId the interned key
 * @param value NaN, or finite: infinities are kept as the greatest finite values, as MLflow keeps them
 */
public record MetricPoint(long keyId, double value, long timestamp, long step) {
    /** The order of a history. */
    static final Comparator<MetricPoint> BY_TIME = Comparator.comparingLong(MetricPoint::timestamp)
            .thenComparingLong(MetricPoint::step)
            .thenComparingDouble(MetricPoint::sortValue)
            .thenComparing(MetricPoint::isNaN);

    private static final Comparator<MetricPoint> LATEST = Comparator.comparingLong(MetricPoint::step)
            .thenComparingLong(MetricPoint::timestamp)
            .thenComparingDouble(MetricPoint::sortValue);

    /** The order in which samples are spread. */
    static final Comparator<MetricPoint> BY_STEP = LATEST.thenComparing(MetricPoint::isNaN);

    static MetricPoint of(long keyId, double value, long timestamp, long step) {
        double finite = Double.isInfinite(value) ? Math.copySign(Double.MAX_VALUE, value) : value;
        // One zero and one NaN, so that equal points are equal records.
        return new MetricPoint(keyId, finite + 0.0, timestamp, step);
    }

    /** Whether {@code a} replaces {@code b} as a metric's latest value: by greater step, then timestamp, then value. */
    static boolean isLater(MetricPoint a, MetricPoint b) {
        return LATEST.compare(a, b) > 0;
    }

    boolean isNaN() {
        return Double.isNaN(value);
    }

    /** Where the value stands among others: MLflow counts NaN as 0. */
    double sortValue() {
        return isNaN() ? 0 : value;
    }
}
