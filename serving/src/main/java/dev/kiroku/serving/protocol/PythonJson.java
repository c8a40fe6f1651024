package dev.kiroku.serving.protocol;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** JSON as Python writes it, so that an answer is the same text whoever wrote it. */
public final class PythonJson {
    /** Decimal exponents below which a double has so few bits that one digit may tell it from its neighbours. */
    private static final int SUBNORMAL_EXPONENT = -320;

    private PythonJson() {}

    /** A text in quotes; what is not ASCII is escaped. */
    public static String quote(String text) {
        StringBuilder json = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ' || c > '~') {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }

    /** A double as Python's repr gives it: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on. */
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
        int e = text.indexOf('E');
        double size = Math.abs(value);
        if (e < 0 && (size < 1e16 && size >= 1e-4 || size == 0)) {
            json.append(text);
            return;
        }
        if (text.charAt(0) == '-') {
            json.append('-');
            text = text.substring(1);
            e--;
        }
        int exponent = e < 0 ? 0 : Integer.parseInt(text.substring(e + 1));
        String mantissa = e < 0 ? text : text.substring(0, e);
        int dot = mantissa.indexOf('.');
        String digits = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
        int point = dot + exponent; // the place of the point, counted from the first digit
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        digits = digits.substring(zeros);
        point -= zeros;
        digits = digits.replaceAll("0+$", "");
        if (digits.isEmpty()) {
            digits = "0";
        }
        if (point > -4 && point <= 16) {
            if (point <= 0) {
                json.append("0.").repeat('0', -point).append(digits);
            } else if (digits.length() <= point) {
                json.append(digits).repeat('0', point - digits.length()).append(".0");
            } else {
                json.append(digits, 0, point).append('.').append(digits, point, digits.length());
            }
            return;
        }
        int power = point - 1;
        if (digits.length() == 2 && power < SUBNORMAL_EXPONENT) { // Java gives two digits where one would do
            String one = new BigDecimal(size).round(new MathContext(1)).toString();
            if (Double.parseDouble(one) == size) {
                json.append(one.charAt(0))
                        .append(one.substring(one.indexOf('E')).toLowerCase(Locale.ROOT));
                return;
            }
        }
        json.append(digits.charAt(0));
        if (digits.length() > 1) {
            json.append('.').append(digits, 1, digits.length());
        }
        json.append('e').append(power < 0 ? '-' : '+');
        if (Math.abs(power) < 10) {
            json.append('0');
        }
        json.append(Math.abs(power));
    }
}
