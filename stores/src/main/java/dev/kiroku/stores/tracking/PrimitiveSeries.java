package dev.kiroku.stores.tracking;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** The points of one metric, in less than half of the memory that a record for each takes: those are made when they are asked for. */
final class PrimitiveSeries extends AbstractList<MetricPoint> implements RandomAccess {
    private final long keyId;
    private final long[] timestamps;
    private final long[] steps;
    private final double[] values;

    /** @param points all of one key */
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
