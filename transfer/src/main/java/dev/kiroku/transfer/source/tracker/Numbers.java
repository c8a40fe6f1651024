package dev.kiroku.transfer.source.tracker;

import java.math.BigDecimal;

/** Writes numbers as Python does, in which the params of most runs were logged. */
public final class Numbers {
    private static final double MIN_PLAIN = 1e-4;
    private static final double MAX_PLAIN = 1e16;

    private Numbers() {}

    /** Returns the text of a floating point number, such as {@code 1e-05}, {@code 0.25}, {@code 3.0} or {@code nan}. */
    public static String format(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        if (size == 0 || size >= MIN_PLAIN && size < MAX_PLAIN) {
            String plain = new BigDecimal(Double.toString(value)).toPlainString();
            return (size == 0 && 1 / value < 0 ? "-0.0" : plain.contains(".") ? plain : plain + ".0");
        }
        String[] parts = Double.toString(value).split("E");
        String mantissa = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
        int exponent = Integer.parseInt(parts[1]);
        return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** Returns the text of a number of a format that does not tell integers from others: {@code 3} for 3.0. */
    public static String formatShort(double value) {
        return value == Math.rint(value) && Math.abs(value) < MAX_PLAIN ? Long.toString((long) value) : format(value);
    }
}
