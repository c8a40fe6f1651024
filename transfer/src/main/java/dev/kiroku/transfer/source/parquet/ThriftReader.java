package dev.kiroku.transfer.source.parquet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads structures in Thrift's compact protocol, in which Parquet keeps its metadata. Sizes and depth are limited. */
final class ThriftReader {
    private static final int MAX_DEPTH = 24;
    private static final int MAX_TEXT = 16 << 20;
    private static final int MAX_ITEMS = 1_000_000;
    private static final int TRUE = 1;
    private static final int FALSE = 2;
    private static final int BYTE = 3;
    private static final int I64 = 6;
    private static final int DOUBLE = 7;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int SET = 10;
    private static final int STRUCT = 12;

    private final InputStream in;

    /** @param in read to the end of the structure, and not further */
    ThriftReader(InputStream in) {
        this.in = in;
    }

    /** A structure: the values of its fields by their numbers, which are booleans, longs, doubles, texts, lists and structures. */
    record Struct(Map<Integer, Object> fields) {
        /** Returns an integer, or {@code missing}. */
        long number(int field, long missing) {
            return fields.get(field) instanceof Long number ? number : missing;
        }

        /**
         * Returns an integer that is neither negative nor above a limit.
         *
         * @throws IOException if it is missing or another number
         */
        int requireSize(int field, long limit) throws IOException {
            long number = number(field, -1);
            if (number < 0 || number > limit) {
                throw new IOException("a size in its metadata is " + number);
            }
            return (int) number;
        }

        boolean has(int field) {
            return fields.containsKey(field);
        }

        String text(int field) {
            return fields.get(field) instanceof String text ? text : "";
        }

        /** Returns a structure; one without fields if it is missing. */
        Struct struct(int field) {
            return fields.get(field) instanceof Struct struct ? struct : new Struct(Map.of());
        }

        /** Returns the structures of a list; none if it is missing. */
        List<Struct> structs(int field) {
            List<Struct> structs = new ArrayList<>();
            if (fields.get(field) instanceof List<?> list) {
                for (Object item : list) {
                    if (item instanceof Struct struct) {
                        structs.add(struct);
                    }
                }
            }
            return structs;
        }
    }

    /** Reads a structure. */
    Struct readStruct() throws IOException {
        return readStruct(0);
    }

    private Struct readStruct(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw damaged();
        }
        Map<Integer, Object> fields = new HashMap<>();
        int field = 0;
        for (int header = readByte(); header != 0; header = readByte()) {
            int type = header & 0xF;
            int delta = header >>> 4;
            field = delta == 0 ? (int) zigzag(varint()) : field + delta;
            fields.put(field, type == TRUE || type == FALSE ? (Object) (type == TRUE) : readValue(type, depth));
        }
        return new Struct(fields);
    }

    private Object readValue(int type, int depth) throws IOException {
        return switch (type) {
            case TRUE, FALSE -> readByte() == TRUE; // an item of a list
            case BYTE -> (long) (byte) readByte();
            case 4, 5, I64 -> zigzag(varint());
            case DOUBLE -> {
                byte[] bytes = readBytes(Double.BYTES);
                long bits = 0;
                for (int i = Double.BYTES - 1; i >= 0; i--) {
                    bits = bits << 8 | bytes[i] & 0xFF;
                }
                yield Double.longBitsToDouble(bits);
            }
            case BINARY -> {
                long length = varint();
                if (length < 0 || length > MAX_TEXT) {
                    throw damaged();
                }
                yield new String(readBytes((int) length), StandardCharsets.UTF_8);
            }
            case LIST, SET -> readList(depth);
            case STRUCT -> readStruct(depth + 1);
            default -> throw damaged();
        };
    }

    private List<Object> readList(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw damaged();
        }
        int header = readByte();
        long size = header >>> 4 == 0xF ? varint() : header >>> 4;
        if (size < 0 || size > MAX_ITEMS) {
            throw damaged();
        }
        List<Object> items = new ArrayList<>();
        for (long i = 0; i < size; i++) {
            items.add(readValue(header & 0xF, depth + 1));
        }
        return items;
    }

    private int readByte() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw damaged();
        }
        return b;
    }

    private byte[] readBytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw damaged();
        }
        return bytes;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int b = readByte();
            value |= (b & 0x7FL) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw damaged();
    }

    private static long zigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }

    private static IOException damaged() {
        return new IOException("its metadata is damaged");
    }
}
