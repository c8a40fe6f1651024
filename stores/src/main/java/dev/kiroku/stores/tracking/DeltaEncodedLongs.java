package dev.kiroku.stores.tracking;

import java.nio.ByteBuffer;

/**
 * Delta encoding of a series of longs: the numbers, their differences, or differences of a higher order, whichever are the smallest. Suited to
 * timestamps, steps and smooth values.
 *
 * <pre>
 * column      := order << 4 | width (1 byte), first numbers : zigzag varints (as many as the order), differences
 * differences := zigzag varints if width is 15; else one plane for each of width bytes: the lowest byte of each number, then the next
 * </pre>
 *
 * <p>Order 0 is the numbers themselves, 1 their differences, 2 the differences of these, and so on. Arithmetic wraps around, so that any
 * series of longs can be decoded.
 */
final class DeltaEncodedLongs {
    private static final int MAX_ORDER = 6;
    private static final int VARINT_WIDTH = 15;
    private static final int MAX_VARINT_LENGTH = 10;

    /** Returns the maximum number of bytes for {@code n} numbers. */
    static int maxEncodedLength(int n) {
        return 1 + n * MAX_VARINT_LENGTH;
    }

    /** The first numbers, then the differences. */
    private final long[] differences;

    private final int order;
    private final long estimatedBits;

    private DeltaEncodedLongs(long[] rest, int order, long bits) {
        this.differences = rest;
        this.order = order;
        this.estimatedBits = bits;
    }

    /** Returns the numbers encoded with the order that makes the differences smallest; stops at the first order that makes them larger. */
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

    /** Returns the approximate number of bits of information in the encoding. */
    long estimatedBits() {
        return estimatedBits;
    }

    /**
     * Writes the encoding.
     *
     * @param planes whether to write byte planes even if varints are shorter, because they compress better
     */
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

    /**
     * Reads and decodes numbers.
     *
     * @param n the number of numbers
     */
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
