package dev.kiroku.transfer.destination.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A column and its values in the current row group. Every column may have nulls. */
final class ParquetColumn {
    /** The types of values. */
    enum Type {
        LONG(2, null),
        DOUBLE(5, null),
        TEXT(6, 0),
        /** Milliseconds since 1970, in UTC. */
        TIME(2, 9);

        final int physical;
        final @Nullable Integer converted;

        Type(int physical, @Nullable Integer converted) {
            this.physical = physical;
            this.converted = converted;
        }
    }

    private final String name;
    private final Type type;
    private final ByteArrayOutputStream levels = new ByteArrayOutputStream();
    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int runLength;
    private boolean runPresent;

    ParquetColumn(String name, Type type) {
        this.name = name;
        this.type = type;
    }

    String name() {
        return name;
    }

    Type type() {
        return type;
    }

    /** Adds a value of the column's type, or null. */
    void add(@Nullable Object value) {
        addLevel(value != null);
        switch (value) {
            case null -> {}
            case String text -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                number.putInt(0, bytes.length);
                values.write(number.array(), 0, Integer.BYTES);
                values.writeBytes(bytes);
            }
            case Long integer -> {
                number.putLong(0, integer);
                values.writeBytes(number.array());
            }
            case Double decimal -> {
                number.putDouble(0, decimal);
                values.writeBytes(number.array());
            }
            default -> throw new IllegalArgumentException(name + ": " + value.getClass());
        }
    }

    /** Adds to the run of values that are present, or of nulls. */
    private void addLevel(boolean present) {
        if (present != runPresent && runLength > 0) {
            endRun();
        }
        runPresent = present;
        runLength++;
    }

    private void endRun() {
        long header = (long) runLength << 1;
        while (header > 0x7F) {
            levels.write((int) (header & 0x7F | 0x80));
            header >>>= 7;
        }
        levels.write((int) header);
        levels.write(runPresent ? 1 : 0);
        runLength = 0;
    }

    /** Returns the bytes in memory. */
    int size() {
        return levels.size() + values.size();
    }

    /**
     * Writes the content of a page with all values, without compression, and forgets them.
     *
     * @return the number of bytes
     */
    int writePage(OutputStream out) throws IOException {
        if (runLength > 0) {
            endRun();
        }
        int bytes = Integer.BYTES + size();
        number.putInt(0, levels.size());
        out.write(number.array(), 0, Integer.BYTES);
        levels.writeTo(out);
        values.writeTo(out);
        levels.reset();
        values.reset();
        return bytes;
    }
}
