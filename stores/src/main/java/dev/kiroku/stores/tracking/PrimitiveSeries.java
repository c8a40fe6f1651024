package dev.kiroku.stores.tracking;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** Immutable list of the points of one metric, kept in arrays: less than half the memory of a list of records, which are created on access. */
final class PrimitiveSeries extends AbstractList<MetricPoint> implements RandomAccess {
    private final long keyId;
    private final long[] timestamps;
    private final long[] steps;
    private final double[] values;

    /** @param points of the key {@code keyId} */
    PrimitiveSeries(long keyId, List<MetricPoint> points) {
        this.keyId = keyId;
        timestamps = new long[points.size()];
        steps = new long[points.size()];
        values = new double[points.size()];
        for (int i = 0; i < values.length; i++) {
            MetricPoint point = points.get(i);
            timestamps[i] = point.timestamp();
            steps[i] = point.step();
            values[i] = point.value();
        }
    }

    @Override
    public MetricPoint get(int index) {
        return new MetricPoint(keyId, values[index], timestamps[index], steps[index]);
    }

    @Override
    public int size() {
        return values.length;
    }
}
