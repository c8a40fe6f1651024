package dev.kiroku.stores.tracking;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Metric points packed into bytes: a row of the table {@code metric_blocks}. Points stand in groups by key; in a group, timestamps and
 * steps are differences to the one before, so that those of a loop cost a byte each, and values are 8 bytes.
 *
 * <pre>
 * block := format(1 byte) group*
 * group := keyId - keyId of the group before : varint, count : varint, point*
 * point := timestamp delta : zigzag varint, step delta : zigzag varint, value : 8 bytes
 * </pre>
 */
final class MetricBlock {
    private static final byte FORMAT = 1;
    private static final int MAX_VARINT = 10;

    private MetricBlock() {}

    /** Within a key the order of the points is kept. */
    static byte[] pack(List<Point> points) {
        List<Point> sorted = new ArrayList<>(points);
        sorted.sort(Comparator.comparingLong(Point::keyId));
        ByteBuffer out = ByteBuffer.allocate(1 + sorted.size() * (4 * MAX_VARINT + Double.BYTES));
        out.put(FORMAT);
        long lastKey = 0;
        for (int from = 0; from < sorted.size(); ) {
            long key = sorted.get(from).keyId();
            int to = from;
            while (to < sorted.size() && sorted.get(to).keyId() == key) {
                to++;
            }
            putVarint(out, key - lastKey);
            putVarint(out, to - from);
            lastKey = key;
            long timestamp = 0;
            long step = 0;
            for (Point point : sorted.subList(from, to)) {
                putVarint(out, zigzag(point.timestamp() - timestamp));
                putVarint(out, zigzag(point.step() - step));
                out.putDouble(point.value());
                timestamp = point.timestamp();
                step = point.step();
            }
            from = to;
        }
        byte[] packed = new byte[out.flip().remaining()];
        out.get(packed);
        return packed;
    }

    /** Gives the points of one key, in the order in which they were packed, and passes over the others. */
    static void unpack(byte[] packed, long wantedKey, Consumer<Point> each) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        if (in.get() != FORMAT) {
            throw new IllegalStateException("a metric block of a format that this program does not know: the database is newer");
        }
        long key = 0;
        while (in.hasRemaining()) {
            key += getVarint(in);
            if (key > wantedKey) {
                return;
            }
            long count = getVarint(in);
            long timestamp = 0;
            long step = 0;
            for (long i = 0; i < count; i++) {
                timestamp += unzigzag(getVarint(in));
                step += unzigzag(getVarint(in));
                double value = in.getDouble();
                if (key == wantedKey) {
                    each.accept(new Point(key, value, timestamp, step));
                }
            }
        }
    }

    private static void putVarint(ByteBuffer out, long value) {
        while ((value & ~0x7FL) != 0) {
            out.put((byte) (value & 0x7F | 0x80));
            value >>>= 7;
        }
        out.put((byte) value);
    }

    private static long getVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }
}
