package dev.kiroku.transfer.destination.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Writes structures in Thrift's compact protocol, in which Parquet keeps its metadata. Fields must be written in the order of their numbers. */
final class CompactThrift {
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;
    private static final int MAX_SHORT_LIST = 15;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Deque<Integer> outerFields = new ArrayDeque<>();
    private int lastField;

    void i32(int field, int value) {
        header(field, I32);
        varint(zigzag(value));
    }

    void i64(int field, long value) {
        header(field, I64);
        varint(zigzag(value));
    }

    void text(int field, String value) {
        header(field, BINARY);
        text(value);
    }

    void i32List(int field, int... values) {
        list(field, I32, values.length);
        for (int value : values) {
            varint(zigzag(value));
        }
    }

    void textList(int field, String... values) {
        list(field, BINARY, values.length);
        for (String value : values) {
            text(value);
        }
    }

    /** Begins a list of structures, each of which follows with {@link #beginItem} and {@link #end}. */
    void structList(int field, int size) {
        list(field, STRUCT, size);
    }

    void beginItem() {
        outerFields.push(lastField);
        lastField = 0;
    }

    void beginStruct(int field) {
        header(field, STRUCT);
        beginItem();
    }

    /** Ends a structure. */
    void end() {
        out.write(0);
        lastField = outerFields.isEmpty() ? 0 : outerFields.pop();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private void header(int field, int type) {
        int delta = field - lastField;
        if (delta < 1 || delta > MAX_SHORT_LIST) {
            throw new IllegalArgumentException("field " + field + " after " + lastField);
        }
        out.write(delta << 4 | type);
        lastField = field;
    }

    private void list(int field, int type, int size) {
        header(field, LIST);
        if (size < MAX_SHORT_LIST) {
            out.write(size << 4 | type);
        } else {
            out.write(MAX_SHORT_LIST << 4 | type);
            varint(size);
        }
    }

    private void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        varint(bytes.length);
        out.writeBytes(bytes);
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
