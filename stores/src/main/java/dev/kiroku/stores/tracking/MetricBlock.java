package dev.kiroku.stores.tracking;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Metric points packed into bytes: a row of the table {@code metric_blocks}. Points stand sorted by key; their timestamps, steps and values
 * are a column each, which holds differences (see {@link Column}). Values are whole numbers first (see {@link ValueScale}).
 *
 * <pre>
 * block  := format 2 (1 byte), body | format 3 (1 byte), length of body : varint, body as raw deflate
 * body   := count of keys : varint, key ids : column, where each key's points end : column, timestamps : column, steps : column,
 *           scale (1 byte), values : column
 * format 1 (written until schema 4) := group*, a group being keyId difference, count, and of each point timestamp difference, step
 *           difference : zigzag varints, value : 8 bytes
 * </pre>
 */
final class MetricBlock {
    /** Stands for all keys; no key has it. */
    static final long EVERY_KEY = 0;

    private static final byte GROUPS = 1;
    private static final byte COLUMNS = 2;
    private static final byte DEFLATED = 3;
    private static final int MAX_VARINT = 10;
    private static final int DEFLATE_LEVEL = 6;

    private MetricBlock() {}

    /** Packs points as they come in: what can be saved at once, without a compressor. Within a key the order of the points is kept. */
    static byte[] pack(List<Point> points) {
        ByteBuffer out = body(points, false);
        byte[] packed = new byte[1 + out.remaining()];
        packed[0] = COLUMNS;
        out.get(packed, 1, out.remaining());
        return packed;
    }

    /** Packs points that are there to stay, as small as can be. Within a key the order of the points is kept. */
    static byte[] squeeze(List<Point> points) {
        ByteBuffer body = body(points, true);
        byte[] plain = pack(points);
        byte[] deflated = new byte[plain.length];
        ByteBuffer out = ByteBuffer.wrap(deflated);
        out.put(DEFLATED);
        Column.putVarint(out, body.remaining());
        Deflater deflater = new Deflater(DEFLATE_LEVEL, true);
        try {
            deflater.setInput(body);
            deflater.finish();
            deflater.deflate(out);
            // What does not fit is not smaller.
            return deflater.finished() ? Arrays.copyOf(deflated, out.position()) : plain;
        } finally {
            deflater.end();
        }
    }

    private static ByteBuffer body(List<Point> points, boolean forCompressor) {
        Point[] sorted = byKey(points);
        int n = sorted.length;
        ByteBuffer out = ByteBuffer.allocate(MAX_VARINT + 1 + 5 * Column.bound(n));
        putKeys(out, sorted, forCompressor);
        long[] timestamps = new long[n];
        long[] steps = new long[n];
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            Point point = sorted[i];
            timestamps[i] = point.timestamp();
            steps[i] = point.step();
            values[i] = point.value();
        }
        Column.of(timestamps).put(out, forCompressor);
        Column.of(steps).put(out, forCompressor);
        putValues(out, values, forCompressor);
        return out.flip();
    }

    /** Sorts by key, and leaves those of a key in their order. */
    private static Point[] byKey(List<Point> points) {
        Point[] sorted = points.toArray(Point[]::new);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i].keyId() < sorted[i - 1].keyId()) {
                Arrays.sort(sorted, Comparator.comparingLong(Point::keyId));
                return sorted;
            }
        }
        return sorted;
    }

    private static void putKeys(ByteBuffer out, Point[] sorted, boolean forCompressor) {
        long[] ids = new long[sorted.length];
        long[] ends = new long[sorted.length];
        int keys = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i + 1 == sorted.length || sorted[i + 1].keyId() != sorted[i].keyId()) {
                ids[keys] = sorted[i].keyId();
                ends[keys++] = i + 1;
            }
        }
        Column.putVarint(out, keys);
        Column.of(Arrays.copyOf(ids, keys)).put(out, forCompressor);
        Column.of(Arrays.copyOf(ends, keys)).put(out, forCompressor);
    }

    private static void putValues(ByteBuffer out, double[] values, boolean forCompressor) {
        ValueScale best = null;
        Column smallest = null;
        for (ValueScale scale : ValueScale.fitting(values)) {
            long[] wholes = new long[values.length];
            for (int i = 0; i < wholes.length; i++) {
                wholes[i] = scale.toWhole(values[i]);
            }
            Column column = Column.of(wholes);
            if (smallest == null || column.bits() < smallest.bits()) {
                best = scale;
                smallest = column;
            }
        }
        out.put((byte) best.code());
        smallest.put(out, forCompressor);
    }

    /**
     * Gives the points of one key, in the order in which they were packed, and passes over the others.
     *
     * @param wantedKey or {@link #EVERY_KEY}
     */
    static void unpack(byte[] packed, long wantedKey, Consumer<Point> each) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        switch (in.get()) {
            case GROUPS -> unpackGroups(in, wantedKey, each);
            case COLUMNS -> unpackColumns(in, wantedKey, each);
            case DEFLATED -> unpackColumns(inflate(in), wantedKey, each);
            default ->
                throw new IllegalStateException(
                        "a metric block of a format that this program does not know: the database is newer");
        }
    }

    private static ByteBuffer inflate(ByteBuffer in) {
        byte[] body = new byte[Math.toIntExact(Column.getVarint(in))];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(in);
            if (inflater.inflate(body) != body.length) {
                throw new IllegalStateException("a metric block is cut off: the database is damaged");
            }
            return ByteBuffer.wrap(body);
        } catch (DataFormatException e) {
            throw new IllegalStateException("a metric block cannot be read: the database is damaged", e);
        } finally {
            inflater.end();
        }
    }

    private static void unpackColumns(ByteBuffer in, long wantedKey, Consumer<Point> each) {
        int keys = Math.toIntExact(Column.getVarint(in));
        long[] ids = Column.read(in, keys);
        long[] ends = Column.read(in, keys);
        if (wantedKey != EVERY_KEY && Arrays.binarySearch(ids, wantedKey) < 0) {
            return;
        }
        int n = keys == 0 ? 0 : (int) ends[keys - 1];
        long[] timestamps = Column.read(in, n);
        long[] steps = Column.read(in, n);
        ValueScale scale = new ValueScale(in.get());
        long[] values = Column.read(in, n);
        for (int k = 0; k < keys; k++) {
            if (wantedKey == EVERY_KEY || ids[k] == wantedKey) {
                for (int i = k == 0 ? 0 : (int) ends[k - 1]; i < ends[k]; i++) {
                    each.accept(new Point(ids[k], scale.fromWhole(values[i]), timestamps[i], steps[i]));
                }
            }
        }
    }

    private static void unpackGroups(ByteBuffer in, long wantedKey, Consumer<Point> each) {
        long key = 0;
        while (in.hasRemaining()) {
            key += Column.getVarint(in);
            long count = Column.getVarint(in);
            long timestamp = 0;
            long step = 0;
            for (long i = 0; i < count; i++) {
                timestamp += Column.unzigzag(Column.getVarint(in));
                step += Column.unzigzag(Column.getVarint(in));
                double value = in.getDouble();
                if (wantedKey == EVERY_KEY || key == wantedKey) {
                    each.accept(new Point(key, value, timestamp, step));
                }
            }
        }
    }
}
