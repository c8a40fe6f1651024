package dev.kiroku.transfer.source.parquet;

import dev.kiroku.transfer.source.parquet.ThriftReader.Struct;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of values, that is a leaf of the schema.
 *
 * @param path its name, with dots after those of the groups that it is in
 * @param index among the columns of a row group
 * @param length of values of the type {@link #FIXED}, in bytes
 * @param scale of decimal numbers; -1 for others
 * @param perMilli units in a millisecond, of times; 0 for others
 * @param maxDefinition the definition level of a value that is there
 * @param maxRepetition how many lists it is in
 */
record ParquetColumn(
        String path, int index, int type, int length, int scale, long perMilli, int maxDefinition, int maxRepetition) {
    static final int BOOLEAN = 0;
    static final int INT32 = 1;
    static final int INT64 = 2;
    static final int INT96 = 3;
    static final int FLOAT = 4;
    static final int DOUBLE = 5;
    static final int BYTES = 6;
    static final int FIXED = 7;

    private static final int MAX_DEPTH = 16;
    private static final int REQUIRED = 0;
    private static final int REPEATED = 2;
    private static final int CONVERTED_DECIMAL = 5;
    private static final int CONVERTED_MILLIS = 9;
    private static final int CONVERTED_MICROS = 10;
    private static final int MAX_LENGTH = 1 << 20;

    /** Returns the columns of a schema, a list of groups and leaves in depth-first order. */
    static List<ParquetColumn> of(List<Struct> schema) throws IOException {
        Builder builder = new Builder(schema);
        builder.addChildren("", 0, 0, 0);
        return builder.columns;
    }

    private static final class Builder {
        private final List<Struct> schema;
        private final List<ParquetColumn> columns = new ArrayList<>();
        private int next;

        Builder(List<Struct> schema) {
            this.schema = schema;
        }

        private Struct take() throws IOException {
            if (next == schema.size()) {
                throw new IOException("its schema is damaged");
            }
            return schema.get(next++);
        }

        /** Adds the leaves below the next element, which is a group. */
        void addChildren(String prefix, int definition, int repetition, int depth) throws IOException {
            int children = take().requireSize(5, schema.size());
            if (depth > MAX_DEPTH) {
                throw new IOException("its schema is nested too deeply");
            }
            for (int i = 0; i < children && next < schema.size(); i++) {
                Struct child = schema.get(next);
                String path = prefix + child.text(4);
                long occurrence = child.number(3, REQUIRED);
                int childDefinition = definition + (occurrence == REQUIRED ? 0 : 1);
                int childRepetition = repetition + (occurrence == REPEATED ? 1 : 0);
                if (child.number(5, 0) > 0) {
                    addChildren(path + ".", childDefinition, childRepetition, depth + 1);
                } else {
                    columns.add(leaf(take(), path, columns.size(), childDefinition, childRepetition));
                }
            }
        }
    }

    private static ParquetColumn leaf(Struct leaf, String path, int index, int definition, int repetition)
            throws IOException {
        int type = leaf.requireSize(1, FIXED);
        Struct logical = leaf.struct(10);
        boolean decimal = leaf.number(6, -1) == CONVERTED_DECIMAL || logical.has(5);
        int length = type == FIXED ? leaf.requireSize(2, MAX_LENGTH) : 0;
        if (type == FIXED && length == 0) {
            throw new IOException("its schema is damaged");
        }
        return new ParquetColumn(
                path,
                index,
                type,
                length,
                decimal ? leaf.requireSize(7, 1000) : -1,
                perMilli(leaf, logical),
                definition,
                repetition);
    }

    private static long perMilli(Struct leaf, Struct logical) {
        if (logical.has(8)) {
            Struct unit = logical.struct(8).struct(2);
            return unit.has(1) ? 1 : unit.has(2) ? 1000 : 1_000_000;
        }
        long converted = leaf.number(6, -1);
        return converted == CONVERTED_MILLIS ? 1 : converted == CONVERTED_MICROS ? 1000 : 0;
    }

    /**
     * Reads a value in plain encoding, without booleans: a long, double or text. Times are milliseconds since 1970. Null for types that no export has.
     */
    @Nullable Object read(ByteBuffer data) throws IOException {
        switch (type) {
            case INT32 -> {
                require(data, Integer.BYTES);
                return integer(data.getInt());
            }
            case INT64 -> {
                require(data, Long.BYTES);
                return integer(data.getLong());
            }
            case FLOAT -> {
                require(data, Float.BYTES);
                return (double) data.getFloat();
            }
            case DOUBLE -> {
                require(data, Double.BYTES);
                return data.getDouble();
            }
            case INT96 -> {
                take(data, 12);
                return null;
            }
            case BYTES -> {
                require(data, Integer.BYTES);
                return bytes(take(data, data.getInt()));
            }
            case FIXED -> {
                return bytes(take(data, length));
            }
            default -> throw new IOException("a page is damaged");
        }
    }

    private Object integer(long value) {
        if (scale >= 0) {
            return BigDecimal.valueOf(value, scale).doubleValue();
        }
        return perMilli == 0 ? value : Math.floorDiv(value, perMilli);
    }

    private Object bytes(byte[] bytes) {
        return scale >= 0 && bytes.length > 0
                ? (Object) new BigDecimal(new BigInteger(bytes), scale).doubleValue()
                : new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] take(ByteBuffer data, int size) throws IOException {
        require(data, size);
        byte[] bytes = new byte[size];
        data.get(bytes);
        return bytes;
    }

    private static void require(ByteBuffer data, int size) throws IOException {
        if (size < 0 || size > data.remaining()) {
            throw new IOException("a page is damaged");
        }
    }
}
