package dev.kiroku.serving.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Gathers values of one type. Whole numbers become floating-point ones when such come among them, as pandas and numpy have it. */
final class InputColumnBuilder {
    /** Beyond it a whole number may lose digits as a double; such requests are left to Python. */
    private static final long MAX_EXACT_LONG = 1L << 53;

    private char typeCode;
    private int size;
    private double[] doubles;
    private long[] longs;
    private boolean[] booleans;
    private List<String> strings;

    int size() {
        return size;
    }

    /** @return false when the value cannot stand with the ones before it */
    boolean add(JsonToken token, JsonParser json) {
        return switch (token) {
            case VALUE_NUMBER_INT ->
                json.getNumberType() != JsonParser.NumberType.BIG_INTEGER && addLong(json.getLongValue());
            case VALUE_NUMBER_FLOAT -> addDouble(json.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> addBoolean(token == JsonToken.VALUE_TRUE);
            case VALUE_STRING -> addString(json.getString());
            default -> false;
        };
    }

    private boolean addLong(long value) {
        if (typeCode == 0) {
            typeCode = 'l';
            longs = new long[4];
        }
        if (typeCode == 'd') {
            return Math.abs(value) <= MAX_EXACT_LONG && addDouble(value);
        }
        if (typeCode != 'l') {
            return false;
        }
        if (size == longs.length) {
            longs = Arrays.copyOf(longs, size * 2);
        }
        longs[size++] = value;
        return true;
    }

    private boolean addDouble(double value) {
        if (typeCode == 0) {
            doubles = new double[4];
            typeCode = 'd';
        } else if (typeCode == 'l') {
            doubles = new double[longs.length];
            for (int i = 0; i < size; i++) {
                if (Math.abs(longs[i]) > MAX_EXACT_LONG) {
                    return false;
                }
                doubles[i] = longs[i];
            }
            longs = null;
            typeCode = 'd';
        }
        if (typeCode != 'd' || !Double.isFinite(value)) {
            return false;
        }
        if (size == doubles.length) {
            doubles = Arrays.copyOf(doubles, size * 2);
        }
        doubles[size++] = value;
        return true;
    }

    private boolean addBoolean(boolean value) {
        if (typeCode == 0) {
            typeCode = 'b';
            booleans = new boolean[4];
        }
        if (typeCode != 'b') {
            return false;
        }
        if (size == booleans.length) {
            booleans = Arrays.copyOf(booleans, size * 2);
        }
        booleans[size++] = value;
        return true;
    }

    private boolean addString(String value) {
        if (typeCode == 0) {
            typeCode = 's';
            strings = new ArrayList<>();
        }
        if (typeCode != 's' || !isValidUnicode(value)) {
            return false;
        }
        strings.add(value);
        size++;
        return true;
    }

    /** Half a surrogate pair is a text to Python, but not to UTF-8. */
    static boolean isValidUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return !text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
            }
        }
        return true;
    }

    /** Null when there was no value. */
    InputColumn build() {
        return switch (typeCode) {
            case 'd' -> new InputColumn.Doubles(Arrays.copyOf(doubles, size));
            case 'l' -> new InputColumn.Longs(Arrays.copyOf(longs, size));
            case 'b' -> new InputColumn.Booleans(Arrays.copyOf(booleans, size));
            case 's' -> new InputColumn.Strings(strings.toArray(String[]::new));
            default -> null;
        };
    }
}
