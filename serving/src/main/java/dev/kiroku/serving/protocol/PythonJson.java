package dev.kiroku.serving.protocol;

import dev.kiroku.http.JsonString;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Writes JSON exactly as Python's {@code json} module does. */
public final class PythonJson {
    /** The decimal exponent below which a double has so few bits that one digit may identify it. */
    private static final int SUBNORMAL_EXPONENT = -320;

    private PythonJson() {}

    /** Returns a string in quotes, with all characters escaped that are not ASCII. */
    public static String quote(String text) {
        StringBuilder json = new StringBuilder(text.length() + 16);
        JsonString.appendQuoted(json, text);
        return json.toString();
    }

    /**
     * Appends a double as Python's {@code repr} writes it: with the fewest digits that parse to the same value, and with an exponent below
     * 1e-4 and from 1e16 on.
     */
    public static void appendDouble(StringBuilder json, double value) {
        if (Double.isNaN(value)) {
            json.append("NaN");
            return;
        }
        if (Double.isInfinite(value)) {
            json.append(value > 0 ? "Infinity" : "-Infinity");
            return;
        }
        String text = Double.toString(value);
        double size = Math.abs(value);
        if (text.indexOf('E') < 0 && ((size < 1e16 && size >= 1e-4) || size == 0)) {
            json.append(text); // where Java and Python write the same
            return;
        }
        if (value < 0) {
            json.append('-');
        }
        Decimal decimal = Decimal.of(size);
        if (decimal.point > -4 && decimal.point <= 16) {
            decimal.appendPlain(json);
        } else {
            decimal.appendWithExponent(json);
        }
    }

    /**
     * A positive number 0.d₁d₂d₃… × 10^point.
     *
     * @param digits without zeros in front or behind
     */
    private record Decimal(String digits, int point) {
        static Decimal of(double value) {
            String text = Double.toString(value);
            int e = text.indexOf('E');
            int exponent = e < 0 ? 0 : Integer.parseInt(text.substring(e + 1));
            String mantissa = e < 0 ? text : text.substring(0, e);
            int dot = mantissa.indexOf('.');
            String all = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
            int zeros = 0;
            while (all.charAt(zeros) == '0') {
                zeros++;
            }
            int end = all.length();
            while (all.charAt(end - 1) == '0') {
                end--;
            }
            Decimal decimal = new Decimal(all.substring(zeros, end), dot + exponent - zeros);
            return decimal.digits.length() == 2 && decimal.point <= SUBNORMAL_EXPONENT
                    ? decimal.withOneDigit(value)
                    : decimal;
        }

        /** Java writes two digits at least; returns the number with one digit if that parses to the same value. */
        private Decimal withOneDigit(double value) {
            BigDecimal rounded = new BigDecimal(value).round(new MathContext(1));
            if (rounded.doubleValue() != value) {
                return this;
            }
            BigInteger digit = rounded.stripTrailingZeros().unscaledValue();
            return new Decimal(
                    digit.toString(), 1 - rounded.stripTrailingZeros().scale());
        }

        void appendPlain(StringBuilder json) {
            if (point <= 0) {
                json.append("0.").repeat('0', -point).append(digits);
            } else if (digits.length() <= point) {
                json.append(digits).repeat('0', point - digits.length()).append(".0");
            } else {
                json.append(digits, 0, point).append('.').append(digits, point, digits.length());
            }
        }

        void appendWithExponent(StringBuilder json) {
            json.append(digits.charAt(0));
            if (digits.length() > 1) {
                json.append('.').append(digits, 1, digits.length());
            }
            int exponent = point - 1;
            json.append('e').append(exponent < 0 ? '-' : '+');
            if (Math.abs(exponent) < 10) {
                json.append('0');
            }
            json.append(Math.abs(exponent));
        }
    }
}
