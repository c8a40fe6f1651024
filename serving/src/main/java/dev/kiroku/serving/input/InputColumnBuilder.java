package dev.kiroku.serving.input;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Collects values of one type. As in pandas and numpy, integers become floating-point numbers when there are any among them. */
final class InputColumnBuilder {
    /** A larger integer may lose digits as a double; requests with such a conversion are left to Python. */
    private static final long MAX_EXACT_LONG = 1L << 53;

    private static final char NONE = 0;
    private static final int MIN_CAPACITY = 4;

    private char typeCode = NONE;
    private int size;
    private double[] doubles = {};
    private long[] longs = {};
    private boolean[] booleans = {};
    private final List<String> strings = new ArrayList<>();

    int size() {
        return size;
    }

    /** Adds a value. Returns false if it has another type than the ones before it, or none that is supported. */
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

    private boolean isOf(char type) {
        if (typeCode == NONE) {
            typeCode = type;
        }
        return typeCode == type;
    }

    private int grownCapacity() {
        return Math.max(MIN_CAPACITY, size * 2);
    }

    private boolean addLong(long value) {
        if (typeCode == InputColumn.Doubles.TYPE_CODE) {
            return Math.abs(value) <= MAX_EXACT_LONG && addDouble(value);
        }
        if (!isOf(InputColumn.Longs.TYPE_CODE)) {
            return false;
        }
        if (size == longs.length) {
            longs = Arrays.copyOf(longs, grownCapacity());
        }
        longs[size++] = value;
        return true;
    }

    private boolean addDouble(double value) {
        if (typeCode == InputColumn.Longs.TYPE_CODE && !convertToDoubles()) {
            return false;
        }
        if (!isOf(InputColumn.Doubles.TYPE_CODE) || !Double.isFinite(value)) {
            return false;
        }
        if (size == doubles.length) {
            doubles = Arrays.copyOf(doubles, grownCapacity());
        }
        doubles[size++] = value;
        return true;
    }

    /** Converts the integers. Returns false if one would lose digits. */
    private boolean convertToDoubles() {
        doubles = new double[longs.length];
        for (int i = 0; i < size; i++) {
            if (Math.abs(longs[i]) > MAX_EXACT_LONG) {
                return false;
            }
            doubles[i] = longs[i];
        }
        longs = new long[0];
        typeCode = InputColumn.Doubles.TYPE_CODE;
        return true;
    }

    private boolean addBoolean(boolean value) {
        if (!isOf(InputColumn.Booleans.TYPE_CODE)) {
            return false;
        }
        if (size == booleans.length) {
            booleans = Arrays.copyOf(booleans, grownCapacity());
        }
        booleans[size++] = value;
        return true;
    }

    private boolean addString(String value) {
        if (!isOf(InputColumn.Strings.TYPE_CODE) || !isValidUnicode(value)) {
            return false;
        }
        strings.add(value);
        size++;
        return true;
    }

    /** Returns whether a string can be encoded as UTF-8. An unpaired surrogate cannot, but is valid in a string of Python. */
    static boolean isValidUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return !text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
            }
        }
        return true;
    }

    /** Returns the column; empty when it has no values. */
    Optional<InputColumn> build() {
        return switch (typeCode) {
            case InputColumn.Doubles.TYPE_CODE -> Optional.of(new InputColumn.Doubles(Arrays.copyOf(doubles, size)));
            case InputColumn.Longs.TYPE_CODE -> Optional.of(new InputColumn.Longs(Arrays.copyOf(longs, size)));
            case InputColumn.Booleans.TYPE_CODE -> Optional.of(new InputColumn.Booleans(Arrays.copyOf(booleans, size)));
            case InputColumn.Strings.TYPE_CODE -> Optional.of(new InputColumn.Strings(strings.toArray(String[]::new)));
            default -> Optional.empty();
        };
    }
}
