package dev.kiroku.stores.tracking;

import java.util.ArrayList;
import java.util.List;

/**
 * Lossless encoding of doubles as longs. Logged values often have less precision than a double: a few decimals, or the precision of 32-bit
 * floatBits.
 *
 * @param code 0: the bits of the double; 1: the bits of the float with the same value; 2 + e: the value times 10^e
 */
record ValueEncoding(int code) {
    private static final int DOUBLE_BITS = 0;
    private static final int FLOAT_BITS = 1;
    private static final int SCALED_DECIMALS = 2;
    private static final int MAX_DECIMALS = 12;
    /** Each integer up to this one is a double. */
    private static final double MAX_EXACT_LONG = 1L << 53;

    private static final double[] POWERS_OF_TEN = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

    /** Returns the encodings that are lossless for these values; at least one. */
    static List<ValueEncoding> findLossless(double[] values) {
        List<ValueEncoding> encodings = new ArrayList<>(3);
        encodings.add(new ValueEncoding(DOUBLE_BITS));
        ValueEncoding floatBits = new ValueEncoding(FLOAT_BITS);
        if (floatBits.isLossless(values)) {
            encodings.add(floatBits);
        }
        // The smallest number of decimals for the values so far. All values are checked again at the end: a number of
        // decimals that is
        // enough for one value may be too many for another.
        int decimals = 0;
        for (double value : values) {
            while (decimals <= MAX_DECIMALS && !new ValueEncoding(SCALED_DECIMALS + decimals).isLossless(value)) {
                decimals++;
            }
        }
        if (decimals <= MAX_DECIMALS && new ValueEncoding(SCALED_DECIMALS + decimals).isLossless(values)) {
            encodings.add(new ValueEncoding(SCALED_DECIMALS + decimals));
        }
        return encodings;
    }

    private boolean isLossless(double[] values) {
        for (double value : values) {
            if (!isLossless(value)) {
                return false;
            }
        }
        return true;
    }

    private boolean isLossless(double value) {
        if (code >= SCALED_DECIMALS && !(Math.abs(value) * POWERS_OF_TEN[code - SCALED_DECIMALS] < MAX_EXACT_LONG)) {
            return false; // out of range, or NaN
        }
        return Double.doubleToRawLongBits(toDouble(toLong(value))) == Double.doubleToRawLongBits(value);
    }

    /** Returns the encoded value. The bits of doubles and floatBits are mapped to the order of the values, so that close values have a small difference. */
    long toLong(double value) {
        return switch (code) {
            case DOUBLE_BITS -> orderedBits(Double.doubleToRawLongBits(value));
            case FLOAT_BITS -> orderedBits(Float.floatToRawIntBits((float) value));
            default -> (long) Math.rint(value * POWERS_OF_TEN[code - SCALED_DECIMALS]);
        };
    }

    double toDouble(long encoded) {
        return switch (code) {
            case DOUBLE_BITS -> Double.longBitsToDouble(orderedBits(encoded));
            case FLOAT_BITS -> Float.intBitsToFloat(orderedBits((int) encoded));
            default -> encoded / POWERS_OF_TEN[code - SCALED_DECIMALS];
        };
    }

    private static long orderedBits(long bits) {
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    private static int orderedBits(int bits) {
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }
}
