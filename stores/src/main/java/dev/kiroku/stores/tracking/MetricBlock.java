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
 * Binary encoding of metric points: the column {@code data} of the table {@code metric_blocks}. Points are sorted by key. Their timestamps,
 * steps and values are a column each, which is delta-encoded (see {@link DeltaEncodedLongs}); values are converted to longs first (see
 * {@link ValueEncoding}). Decoding returns the exact bits of each value.
 *
 * <pre>
 * block  := format 2 (1 byte), body | format 3 (1 byte), length of body : varint, body as raw deflate
 * body   := number of keys : varint, key ids : column, end index of each key's points : column, timestamps : column, steps : column,
 *           value encoding (1 byte), values : column
 * format 1 (written until schema 4) := group*
 * group  := key id delta : varint, number of points : varint, point*
 * point  := timestamp delta, step delta : zigzag varints, value : 8 bytes
 * </pre>
 */
final class MetricBlock {
    /** Matches all keys; no key has this id. */
    static final long ALL_KEYS = 0;

    private static final byte FORMAT_GROUPS = 1;
    private static final byte FORMAT_COLUMNS = 2;
    private static final byte FORMAT_DEFLATED = 3;
    private static final int MAX_VARINT_LENGTH = 10;
    private static final int DEFLATE_LEVEL = 6;

    private MetricBlock() {}

    /** Encodes points without compression, which is fast. Keeps the order of the points of a key. */
    static byte[] encode(List<MetricPoint> points) {
        ByteBuffer out = encodeBody(points, false);
        byte[] encoded = new byte[1 + out.remaining()];
        encoded[0] = FORMAT_COLUMNS;
        out.get(encoded, 1, out.remaining());
        return encoded;
    }

    /** Encodes points as small as possible. Keeps the order of the points of a key. */
    static byte[] encodeCompressed(List<MetricPoint> points) {
        ByteBuffer body = encodeBody(points, true);
        byte[] plain = encode(points);
        byte[] deflated = new byte[plain.length];
        ByteBuffer out = ByteBuffer.wrap(deflated);
        out.put(FORMAT_DEFLATED);
        DeltaEncodedLongs.writeVarint(out, body.remaining());
        Deflater deflater = new Deflater(DEFLATE_LEVEL, true);
        try {
            deflater.setInput(body);
            deflater.finish();
            deflater.deflate(out);
            // If the buffer is too short, compression does not make it smaller.
            return deflater.finished() ? Arrays.copyOf(deflated, out.position()) : plain;
        } finally {
            deflater.end();
        }
    }

    private static ByteBuffer encodeBody(List<MetricPoint> points, boolean forCompressor) {
        MetricPoint[] sorted = sortedByKey(points);
        int n = sorted.length;
        ByteBuffer out = ByteBuffer.allocate(MAX_VARINT_LENGTH + 1 + 5 * DeltaEncodedLongs.maxEncodedLength(n));
        writeKeys(out, sorted, forCompressor);
        long[] timestamps = new long[n];
        long[] steps = new long[n];
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            MetricPoint point = sorted[i];
            timestamps[i] = point.timestamp();
            steps[i] = point.step();
            values[i] = point.value();
        }
        DeltaEncodedLongs.of(timestamps).writeTo(out, forCompressor);
        DeltaEncodedLongs.of(steps).writeTo(out, forCompressor);
        writeValues(out, values, forCompressor);
        return out.flip();
    }

    /** Returns the points sorted by key; keeps the order of the points of a key. */
    private static MetricPoint[] sortedByKey(List<MetricPoint> points) {
        MetricPoint[] sorted = points.toArray(MetricPoint[]::new);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i].keyId() < sorted[i - 1].keyId()) {
                Arrays.sort(sorted, Comparator.comparingLong(MetricPoint::keyId));
                return sorted;
            }
        }
        return sorted;
    }

    private static void writeKeys(ByteBuffer out, MetricPoint[] sorted, boolean forCompressor) {
        long[] ids = new long[sorted.length];
        long[] ends = new long[sorted.length];
        int keys = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i + 1 == sorted.length || sorted[i + 1].keyId() != sorted[i].keyId()) {
                ids[keys] = sorted[i].keyId();
                ends[keys++] = i + 1;
            }
        }
        DeltaEncodedLongs.writeVarint(out, keys);
        DeltaEncodedLongs.of(Arrays.copyOf(ids, keys)).writeTo(out, forCompressor);
        DeltaEncodedLongs.of(Arrays.copyOf(ends, keys)).writeTo(out, forCompressor);
    }

    private static void writeValues(ByteBuffer out, double[] values, boolean forCompressor) {
        record Candidate(ValueEncoding encoding, DeltaEncodedLongs column) {
            static Candidate of(ValueEncoding encoding, double[] values) {
                long[] longs = new long[values.length];
                for (int i = 0; i < longs.length; i++) {
                    longs[i] = encoding.toLong(values[i]);
                }
                return new Candidate(encoding, DeltaEncodedLongs.of(longs));
            }
        }
        Candidate smallest = ValueEncoding.findLossless(values).stream()
                .map(encoding -> Candidate.of(encoding, values))
                .min(Comparator.comparingLong(candidate -> candidate.column.estimatedBits()))
                .orElseThrow();
        out.put((byte) smallest.encoding.code());
        smallest.column.writeTo(out, forCompressor);
    }

    /**
     * Passes the points of a key to a consumer, in the order in which they were encoded.
     *
     * @param wantedKey the id of the key, or {@link #ALL_KEYS}
     * @throws IllegalStateException if the format is unknown or the data is damaged
     */
    static void decode(byte[] encoded, long wantedKey, Consumer<MetricPoint> each) {
        ByteBuffer in = ByteBuffer.wrap(encoded);
        switch (in.get()) {
            case FORMAT_GROUPS -> decodeGroups(in, wantedKey, each);
            case FORMAT_COLUMNS -> decodeColumns(in, wantedKey, each);
            case FORMAT_DEFLATED -> decodeColumns(inflate(in), wantedKey, each);
            default ->
                throw new IllegalStateException(
                        "unknown format of a metric block: a newer version of the program wrote to the database");
        }
    }

    private static ByteBuffer inflate(ByteBuffer in) {
        byte[] body = new byte[Math.toIntExact(DeltaEncodedLongs.readVarint(in))];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(in);
            if (inflater.inflate(body) != body.length) {
                throw new IllegalStateException("a metric block is cut off: the database is damaged");
            }
            return ByteBuffer.wrap(body);
        } catch (DataFormatException e) {
            throw new IllegalStateException("a metric block cannot be decompressed: the database is damaged", e);
        } finally {
            inflater.end();
        }
    }

    private static void decodeColumns(ByteBuffer in, long wantedKey, Consumer<MetricPoint> each) {
        int keys = Math.toIntExact(DeltaEncodedLongs.readVarint(in));
        long[] ids = DeltaEncodedLongs.read(in, keys);
        long[] ends = DeltaEncodedLongs.read(in, keys);
        if (wantedKey != ALL_KEYS && Arrays.binarySearch(ids, wantedKey) < 0) {
            return;
        }
        int n = keys == 0 ? 0 : (int) ends[keys - 1];
        long[] timestamps = DeltaEncodedLongs.read(in, n);
        long[] steps = DeltaEncodedLongs.read(in, n);
        ValueEncoding encoding = new ValueEncoding(in.get());
        long[] values = DeltaEncodedLongs.read(in, n);
        for (int k = 0; k < keys; k++) {
            if (wantedKey == ALL_KEYS || ids[k] == wantedKey) {
                for (int i = k == 0 ? 0 : (int) ends[k - 1]; i < ends[k]; i++) {
                    each.accept(new MetricPoint(ids[k], encoding.toDouble(values[i]), timestamps[i], steps[i]));
                }
            }
        }
    }

    private static void decodeGroups(ByteBuffer in, long wantedKey, Consumer<MetricPoint> each) {
        long key = 0;
        while (in.hasRemaining()) {
            key += DeltaEncodedLongs.readVarint(in);
            long count = DeltaEncodedLongs.readVarint(in);
            long timestamp = 0;
            long step = 0;
            for (long i = 0; i < count; i++) {
                timestamp += DeltaEncodedLongs.unzigzag(DeltaEncodedLongs.readVarint(in));
                step += DeltaEncodedLongs.unzigzag(DeltaEncodedLongs.readVarint(in));
                double value = in.getDouble();
                if (wantedKey == ALL_KEYS || key == wantedKey) {
                    each.accept(new MetricPoint(key, value, timestamp, step));
                }
            }
        }
    }
}
