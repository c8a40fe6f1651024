package dev.kiroku.stores.tracking;

import java.util.ArrayList;
import java.util.List;

/**
 * A way to write doubles as whole numbers without losing a bit of any. What people log is often less than a double can hold: numbers with
 * a few decimals, or numbers that were 32-bit floats before.
 *
 * @param code 0: the bits of the double; 1: the bits of the float that it is; 2 + e: the number times 10^e
 */
record ValueScale(int code) {
    private static final int DOUBLES = 0;
    private static final int FLOATS = 1;
    private static final int WHOLES = 2;
    private static final int MAX_DECIMALS = 12;
    /** Up to here every whole number is a double. */
    private static final double MAX_WHOLE = 1L << 53;

    private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

    /** All scales that these values fit; one always does. */
    static List<ValueScale> fitting(double[] values) {
        List<ValueScale> scales = new ArrayList<>(3);
        scales.add(new ValueScale(DOUBLES));
        ValueScale floats = new ValueScale(FLOATS);
        if (floats.holds(values)) {
            scales.add(floats);
        }
        // The fewest decimals that do for the values so far; those that had enough before are looked at again at the
        // end.
        int decimals = 0;
        for (double value : values) {
            while (decimals <= MAX_DECIMALS && !new ValueScale(WHOLES + decimals).holds(value)) {
                decimals++;
            }
        }
        if (decimals <= MAX_DECIMALS && new ValueScale(WHOLES + decimals).holds(values)) {
            scales.add(new ValueScale(WHOLES + decimals));
        }
        return scales;
    }

    private boolean holds(double[] values) {
        for (double value : values) {
            if (!holds(value)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(double value) {
        if (code >= WHOLES && !(Math.abs(value) * POWERS[code - WHOLES] < MAX_WHOLE)) {
            return false; // too large, or NaN
        }
        return Double.doubleToRawLongBits(fromWhole(toWhole(value))) == Double.doubleToRawLongBits(value);
    }

    /** Bits are turned so that they are in the order of the numbers: near numbers have a small difference. */
    long toWhole(double value) {
        return switch (code) {
            case DOUBLES -> ordered(Double.doubleToRawLongBits(value));
            case FLOATS -> ordered(Float.floatToRawIntBits((float) value));
            default -> (long) Math.rint(value * POWERS[code - WHOLES]);
        };
    }

    double fromWhole(long whole) {
        return switch (code) {
            case DOUBLES -> Double.longBitsToDouble(ordered(whole));
            case FLOATS -> Float.intBitsToFloat(ordered((int) whole));
            default -> whole / POWERS[code - WHOLES];
        };
    }

    private static long ordered(long bits) {
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    private static int ordered(int bits) {
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }
}
