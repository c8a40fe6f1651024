package dev.kiroku.stores.tracking;

import java.util.Comparator;

/**
 * A metric point as it is kept.
 *
 * @param keyId the interned key
 * @param value NaN, or finite: infinities are kept as the greatest finite values, as MLflow keeps them
 */
public record Point(long keyId, double value, long timestamp, long step) {
    /** The order of a history. */
    static final Comparator<Point> BY_TIME = Comparator.comparingLong(Point::timestamp)
            .thenComparingLong(Point::step)
            .thenComparingDouble(Point::sortValue)
            .thenComparing(Point::isNaN);

    private static final Comparator<Point> LATEST = Comparator.comparingLong(Point::step)
            .thenComparingLong(Point::timestamp)
            .thenComparingDouble(Point::sortValue);

    /** The order in which samples are spread. */
    static final Comparator<Point> BY_STEP = LATEST.thenComparing(Point::isNaN);

    static Point of(long keyId, double value, long timestamp, long step) {
        double finite = Double.isInfinite(value) ? Math.copySign(Double.MAX_VALUE, value) : value;
        // One zero and one NaN, so that equal points are equal records.
        return new Point(keyId, finite + 0.0, timestamp, step);
    }

    /** Whether {@code a} replaces {@code b} as a metric's latest value: by greater step, then timestamp, then value. */
    static boolean isLater(Point a, Point b) {
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
