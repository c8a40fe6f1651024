package dev.kiroku.serving.worker;

import dev.kiroku.serving.input.Column;
import dev.kiroku.serving.input.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes what {@code kiroku_worker/frames.py} reads; the format is told there. */
final class FrameWriter {
    private static final int RAW = 1;
    private static final int TABLE = 2;
    private static final int ENGINE = 3;

    private ByteBuffer buffer = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

    /** A body as the client sent it. */
    ByteBuffer raw(String contentType, byte[] body) {
        byte[] type = contentType.getBytes(StandardCharsets.UTF_8);
        begin(RAW);
        shortText(type);
        space(body.length).put(body);
        return end();
    }

    ByteBuffer engine() {
        begin(ENGINE);
        return end();
    }

    /** @param tables of one layout, laid one after another */
    ByteBuffer tables(List<Table> tables) {
        begin(TABLE);
        Table first = tables.getFirst();
        space(5).put((byte) first.layout().form()).putInt(tables.size());
        tables.forEach(table -> space(4).putInt(table.rows()));
        switch (first) {
            case Table.Frame frame -> frames(tables, frame);
            case Table.Tensor tensor -> tensors(tables, tensor);
        }
        return end();
    }

    private void frames(List<Table> tables, Table.Frame first) {
        List<String> names = first.layout().names();
        space(5).put((byte) (names == null ? 0 : 1)).putInt(first.columns().size());
        for (int i = 0; i < first.columns().size(); i++) {
            if (names != null) {
                shortText(names.get(i).getBytes(StandardCharsets.UTF_8));
            }
            int column = i;
            column(tables.stream()
                    .map(table -> ((Table.Frame) table).columns().get(column))
                    .toList());
        }
    }

    private void tensors(List<Table> tables, Table.Tensor first) {
        List<Integer> inner = first.layout().inner();
        space(1).put((byte) first.values().type());
        space(5 + 4 * inner.size())
                .put((byte) (1 + inner.size()))
                .putInt(tables.stream().mapToInt(Table::rows).sum());
        inner.forEach(buffer::putInt);
        tables.forEach(table -> values(((Table.Tensor) table).values()));
    }

    private void column(List<Column> parts) {
        space(1).put((byte) parts.getFirst().type());
        if (parts.getFirst() instanceof Column.Texts) {
            texts(parts);
        } else {
            parts.forEach(this::values);
        }
    }

    private void texts(List<Column> parts) {
        List<byte[]> texts = parts.stream()
                .flatMap(part -> Arrays.stream(((Column.Texts) part).values()))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        texts.forEach(text -> space(4).putInt(text.length));
        texts.forEach(text -> space(text.length).put(text));
    }

    private void values(Column column) {
        switch (column) {
            case Column.Doubles doubles -> {
                space(8 * doubles.size());
                for (double value : doubles.values()) {
                    buffer.putDouble(value);
                }
            }
            case Column.Longs longs -> {
                space(8 * longs.size());
                for (long value : longs.values()) {
                    buffer.putLong(value);
                }
            }
            case Column.Booleans booleans -> {
                space(booleans.size());
                for (boolean value : booleans.values()) {
                    buffer.put((byte) (value ? 1 : 0));
                }
            }
            case Column.Texts texts -> texts(List.of(texts));
        }
    }

    private void shortText(byte[] text) {
        if (text.length > 0xffff) {
            throw new IllegalArgumentException("a name of " + text.length + " bytes");
        }
        space(2 + text.length).putShort((short) text.length).put(text);
    }

    private void begin(int kind) {
        buffer.clear();
        buffer.putInt(0).put((byte) kind);
    }

    private ByteBuffer end() {
        buffer.putInt(0, buffer.position() - 4);
        return buffer.flip();
    }

    private ByteBuffer space(int bytes) {
        if (buffer.remaining() < bytes) {
            int size = Math.max(Math.multiplyExact(buffer.capacity(), 2), Math.addExact(buffer.position(), bytes));
            buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
        }
        return buffer;
    }
}
