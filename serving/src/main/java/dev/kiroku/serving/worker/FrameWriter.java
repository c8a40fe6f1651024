package dev.kiroku.serving.worker;

import dev.kiroku.serving.input.InputColumn;
import dev.kiroku.serving.input.InputTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the frames that {@code kiroku_worker/frames.py} reads; the format is documented there. The returned buffers are valid until the
 * next call. Not thread-safe.
 */
final class FrameWriter {
    private static final int RAW = 1;
    private static final int TABLE = 2;
    private static final int ENGINE_EXPORT = 3;

    private ByteBuffer buffer = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

    /** Writes a body as the client sent it. */
    ByteBuffer writeRaw(String contentType, byte[] body) {
        byte[] type = contentType.getBytes(StandardCharsets.UTF_8);
        begin(RAW);
        appendName(type);
        ensureCapacity(body.length).put(body);
        return finish();
    }

    /** Writes the request for the description of the model for an engine. */
    ByteBuffer writeEngineExport() {
        begin(ENGINE_EXPORT);
        return finish();
    }

    /** Writes tables of equal layouts, their rows one after another. */
    ByteBuffer writeTables(List<InputTable> tables) {
        begin(TABLE);
        InputTable first = tables.getFirst();
        ensureCapacity(5).put((byte) first.layout().format()).putInt(tables.size());
        tables.forEach(table -> ensureCapacity(4).putInt(table.rows()));
        switch (first) {
            case InputTable.DataFrame frame -> appendFrames(tables, frame);
            case InputTable.Tensor tensor -> appendTensors(tables, tensor);
        }
        return finish();
    }

    private void appendFrames(List<InputTable> tables, InputTable.DataFrame first) {
        List<String> names = first.layout().columnNames();
        ensureCapacity(5)
                .put((byte) (names == null ? 0 : 1))
                .putInt(first.columns().size());
        for (int i = 0; i < first.columns().size(); i++) {
            if (names != null) {
                appendName(names.get(i).getBytes(StandardCharsets.UTF_8));
            }
            int column = i;
            appendColumn(tables.stream()
                    .map(table -> ((InputTable.DataFrame) table).columns().get(column))
                    .toList());
        }
    }

    private void appendTensors(List<InputTable> tables, InputTable.Tensor first) {
        List<Integer> inner = first.layout().rowShape();
        ensureCapacity(1).put((byte) first.values().typeCode());
        ensureCapacity(5 + 4 * inner.size())
                .put((byte) (1 + inner.size()))
                .putInt(tables.stream().mapToInt(InputTable::rows).sum());
        inner.forEach(buffer::putInt);
        tables.forEach(table -> appendValues(((InputTable.Tensor) table).values()));
    }

    private void appendColumn(List<InputColumn> parts) {
        ensureCapacity(1).put((byte) parts.getFirst().typeCode());
        if (parts.getFirst() instanceof InputColumn.Strings) {
            appendStrings(parts);
        } else {
            parts.forEach(this::appendValues);
        }
    }

    private void appendStrings(List<InputColumn> parts) {
        List<byte[]> texts = parts.stream()
                .flatMap(part -> Arrays.stream(((InputColumn.Strings) part).values()))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        texts.forEach(text -> ensureCapacity(4).putInt(text.length));
        texts.forEach(text -> ensureCapacity(text.length).put(text));
    }

    private void appendValues(InputColumn column) {
        switch (column) {
            case InputColumn.Doubles doubles -> {
                ensureCapacity(8 * doubles.size());
                for (double value : doubles.values()) {
                    buffer.putDouble(value);
                }
            }
            case InputColumn.Longs longs -> {
                ensureCapacity(8 * longs.size());
                for (long value : longs.values()) {
                    buffer.putLong(value);
                }
            }
            case InputColumn.Booleans booleans -> {
                ensureCapacity(booleans.size());
                for (boolean value : booleans.values()) {
                    buffer.put((byte) (value ? 1 : 0));
                }
            }
            case InputColumn.Strings texts -> appendStrings(List.of(texts));
        }
    }

    private void appendName(byte[] text) {
        if (text.length > 0xffff) {
            throw new IllegalArgumentException("a name of " + text.length + " bytes is too long");
        }
        ensureCapacity(2 + text.length).putShort((short) text.length).put(text);
    }

    private void begin(int kind) {
        buffer.clear();
        buffer.putInt(0).put((byte) kind);
    }

    private ByteBuffer finish() {
        buffer.putInt(0, buffer.position() - 4);
        return buffer.flip();
    }

    private ByteBuffer ensureCapacity(int bytes) {
        if (buffer.remaining() < bytes) {
            int size = Math.max(Math.multiplyExact(buffer.capacity(), 2), Math.addExact(buffer.position(), bytes));
            buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
        }
        return buffer;
    }
}
