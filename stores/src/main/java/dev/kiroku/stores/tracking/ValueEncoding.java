package dev.kiroku.stores.tracking;

import java.util.ArrayList;
import java.util.List;

/**
 * A way to write doubles as whole numbers without losing a bit of any. What people log is often less than a double can hold: numbers with
 * a few decimals, or numbers that were 32-bit floats before.
 *
 * @param code 0: the bits of the double; 1: the bits of the float that it is; 2 + e: the number times 10^e
 */
record ValueEncoding(int code) {
    private static final int DOUBLE_BITS = 0;
    private static final int FLOAT_BITS = 1;
    private static final int SCALED_DECIMALS = 2;
    private static final int MAX_DECIMALS = 12;
    /** Up to here every whole number is a double. */
    private static final double MAX_EXACT_LONG = 1L << 53;

    private static final double[] POWERS_OF_TEN = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

    /** All scales that these values fit; one always does. */
    static List<ValueEncoding> findLossless(double[] values) {
        List<ValueEncoding> scales = new ArrayList<>(3);
        scales.add(new ValueEncoding(DOUBLE_BITS));
        ValueEncoding floats = new ValueEncoding(FLOAT_BITS);
        if (floats.isLossless(values)) {
            scales.add(floats);
        }
        // The fewest decimals that do for the values so far; those that had enough before are looked at again at the
        // end.
        int decimals = 0;
        for (double value : values) {
            while (decimals <= MAX_DECIMALS && !new ValueEncoding(SCALED_DECIMALS + decimals).isLossless(value)) {
                decimals++;
            }
        }
        if (decimals <= MAX_DECIMALS && new ValueEncoding(SCALED_DECIMALS + decimals).isLossless(values)) {
            scales.add(new ValueEncoding(SCALED_DECIMALS + decimals));
        }
        return scales;
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
            return false; // too large, or NaN
        }
        return Double.doubleToRawLongBits(toDouble(toLong(value))) == Double.doubleToRawLongBits(value);
    }

    /** Bits are turned so that they are in the order of the numbers: near numbers have a small difference. */
    long toLong(double value) {
        return switch (code) {
            case DOUBLE_BITS -> orderedBits(Double.doubleToRawLongBits(value));
            case FLOAT_BITS -> orderedBits(Float.floatToRawIntBits((float) value));
            default -> (long) Math.rint(value * POWERS_OF_TEN[code - SCALED_DECIMALS]);
        };
    }

    double toDouble(long whole) {
        return switch (code) {
            case DOUBLE_BITS -> Double.longBitsToDouble(orderedBits(whole));
            case FLOAT_BITS -> Float.intBitsToFloat(orderedBits((int) whole));
            default -> whole / POWERS_OF_TEN[code - SCALED_DECIMALS];
        };
    }

    private static long orderedBits(long bits) {
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    private static int orderedBits(int bits) {
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }
}
