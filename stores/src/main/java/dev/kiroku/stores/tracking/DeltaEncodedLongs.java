package dev.kiroku.stores.tracking;

import java.nio.ByteBuffer;

/**
 * Numbers that resemble those before them, packed: each is told by how it differs from what the ones before it lead to expect.
 *
 * <pre>
 * column := order << 4 | width (1 byte), seed : zigzag varint (order of them), rest
 * rest   := width 15: a zigzag varint each; else width planes of a byte of each, the lowest bytes first
 * </pre>
 *
 * <p>Order 0 is the number itself, 1 the difference to the one before, 2 the difference of differences, and so on. Arithmetic wraps, so
 * that every series of longs comes back as it was.
 */
final class DeltaEncodedLongs {
    private static final int MAX_ORDER = 6;
    private static final int VARINT_WIDTH = 15;
    private static final int MAX_VARINT_LENGTH = 10;

    /** The most bytes that a column of {@code n} numbers takes. */
    static int maxEncodedLength(int n) {
        return 1 + n * MAX_VARINT_LENGTH;
    }

    /** What is packed: differences, and how they were made. */
    private final long[] differences;

    private final int order;
    private final long estimatedBits;

    private DeltaEncodedLongs(long[] rest, int order, long bits) {
        this.differences = rest;
        this.order = order;
        this.estimatedBits = bits;
    }

    /** Finds out in which order of differences the numbers are the smallest; stops where one more makes them larger. */
    static DeltaEncodedLongs of(long[] numbers) {
        long[] differences = numbers.clone();
        long[] best = numbers;
        int bestOrder = 0;
        long fewest = estimatedBits(differences, 0);
        for (int order = 1; order <= MAX_ORDER && order < numbers.length && fewest > 0; order++) {
            for (int i = numbers.length - 1; i >= order; i--) {
                differences[i] -= differences[i - 1];
            }
            long bits = estimatedBits(differences, order);
            if (bits >= fewest) {
                break;
            }
            fewest = bits;
            best = differences.clone();
            bestOrder = order;
        }
        return new DeltaEncodedLongs(best, bestOrder, fewest);
    }

    private static long estimatedBits(long[] differences, int order) {
        long bits = 0;
        for (int i = 0; i < order; i++) {
            bits += Long.SIZE;
        }
        for (int i = order; i < differences.length; i++) {
            bits += Long.SIZE - Long.numberOfLeadingZeros(zigzag(differences[i]));
        }
        return bits;
    }

    /** How many bits of information this way of packing leaves, about. */
    long estimatedBits() {
        return estimatedBits;
    }

    /** @param planes writes planes even where varints are shorter: a compressor finds more in them */
    void writeTo(ByteBuffer out, boolean planes) {
        long all = 0;
        long varints = 0;
        for (int i = order; i < differences.length; i++) {
            long number = zigzag(differences[i]);
            all |= number;
            varints += varintLength(number);
        }
        int width = (Long.SIZE - Long.numberOfLeadingZeros(all) + 7) / 8;
        boolean asVarints = !planes && varints < (long) width * (differences.length - order);
        out.put((byte) (order << 4 | (asVarints ? VARINT_WIDTH : width)));
        for (int i = 0; i < order; i++) {
            writeVarint(out, zigzag(differences[i]));
        }
        if (asVarints) {
            for (int i = order; i < differences.length; i++) {
                writeVarint(out, zigzag(differences[i]));
            }
            return;
        }
        for (int shift = 0; shift < width * 8; shift += 8) {
            for (int i = order; i < differences.length; i++) {
                out.put((byte) (zigzag(differences[i]) >>> shift));
            }
        }
    }

    /** @param n how many numbers were packed */
    static long[] read(ByteBuffer in, int n) {
        int head = in.get();
        int order = head >>> 4;
        int width = head & 15;
        long[] numbers = new long[n];
        int varints = width == VARINT_WIDTH ? n : order;
        for (int i = 0; i < varints; i++) {
            numbers[i] = unzigzag(readVarint(in));
        }
        if (width != VARINT_WIDTH) {
            for (int shift = 0; shift < width * 8; shift += 8) {
                for (int i = order; i < n; i++) {
                    numbers[i] |= (in.get() & 0xFFL) << shift;
                }
            }
            for (int i = order; i < n; i++) {
                numbers[i] = unzigzag(numbers[i]);
            }
        }
        for (int level = order; level > 0; level--) {
            for (int i = level; i < n; i++) {
                numbers[i] += numbers[i - 1];
            }
        }
        return numbers;
    }

    private static int varintLength(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    static void writeVarint(ByteBuffer out, long value) {
        while ((value & ~0x7FL) != 0) {
            out.put((byte) (value & 0x7F | 0x80));
            value >>>= 7;
        }
        out.put((byte) value);
    }

    static long readVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }
}
