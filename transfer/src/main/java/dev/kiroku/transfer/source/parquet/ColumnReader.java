package dev.kiroku.transfer.source.parquet;

import dev.kiroku.transfer.source.parquet.PageReader.Page;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the values of a column in a row group, row by row. */
final class ColumnReader {
    private static final int PLAIN = 0;
    private static final int PLAIN_DICTIONARY = 2;
    private static final int RLE = 3;
    private static final int RLE_DICTIONARY = 8;
    private static final int MAX_DICTIONARY = 1_000_000;
    private static final int MAX_LIST = 100_000;

    private interface Values {
        @Nullable Object next() throws IOException;
    }

    private final ParquetColumn column;
    private final PageReader pages;
    private final List<@Nullable Object> dictionary = new ArrayList<>();
    private Values values = () -> null;
    private RunLengthReader definitions;
    private RunLengthReader repetitions;
    private int left;
    private int repetition;
    private int definition;
    private boolean ahead;
    private long valuesLeft;

    /** @param valueCount of the column in the row group, nulls included */
    ColumnReader(ParquetColumn column, PageReader pages, long valueCount) throws IOException {
        this.column = column;
        this.pages = pages;
        this.valuesLeft = valueCount;
        this.definitions = new RunLengthReader(ByteBuffer.allocate(0), 0);
        this.repetitions = definitions;
    }

    /** Returns the value of the next row: null, a boolean, long, double or text; or a list of them, if the column is in a list. */
    @Nullable Object next() throws IOException {
        if (column.maxRepetition() == 0) {
            readLevels();
            return definition == column.maxDefinition() ? values.next() : null;
        }
        if (!ahead) {
            readLevels();
        }
        ahead = false;
        List<@Nullable Object> items = new ArrayList<>();
        do {
            if (definition == column.maxDefinition()) {
                items.add(values.next());
                if (items.size() > MAX_LIST) {
                    throw new IOException("a list has more than " + MAX_LIST + " items");
                }
            }
            if (valuesLeft == 0) {
                return items;
            }
            readLevels();
        } while (repetition > 0);
        ahead = true;
        return items;
    }

    private void readLevels() throws IOException {
        while (left == 0) {
            readPage();
        }
        left--;
        valuesLeft--;
        repetition = repetitions.next();
        definition = definitions.next();
    }

    private void readPage() throws IOException {
        Page page = pages.next();
        if (page.dictionary()) {
            if (page.values() > MAX_DICTIONARY) {
                throw new IOException("a dictionary has more than " + MAX_DICTIONARY + " values");
            }
            dictionary.clear();
            for (int i = 0; i < page.values(); i++) {
                dictionary.add(column.read(page.data()));
            }
            return;
        }
        repetitions = levels(page, column.maxRepetition(), page.repetitions());
        definitions = levels(page, column.maxDefinition(), page.definitions());
        values = values(page);
        left = page.values();
    }

    private static RunLengthReader levels(Page page, int greatest, int knownLength) throws IOException {
        ByteBuffer data = page.data();
        int length = knownLength;
        if (length < 0) {
            if (greatest == 0) {
                return new RunLengthReader(data, 0);
            }
            length = data.remaining() < Integer.BYTES ? -1 : data.getInt();
        }
        return new RunLengthReader(take(data, length), RunLengthReader.bits(greatest));
    }

    private static ByteBuffer take(ByteBuffer data, int length) throws IOException {
        if (length < 0 || length > data.remaining()) {
            throw new IOException("a page is damaged");
        }
        ByteBuffer part = data.slice(data.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        data.position(data.position() + length);
        return part;
    }

    private Values values(Page page) throws IOException {
        ByteBuffer data = page.data();
        boolean bool = column.type() == ParquetColumn.BOOLEAN;
        switch (page.encoding()) {
            case PLAIN -> {
                if (!bool) {
                    return () -> column.read(data);
                }
                return new PackedBooleans(data)::next;
            }
            case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
                if (!data.hasRemaining()) {
                    return () -> null; // a page of nulls
                }
                RunLengthReader indexes = new RunLengthReader(data, data.get());
                return () -> {
                    int index = indexes.next();
                    if (index < 0 || index >= dictionary.size()) {
                        throw new IOException("a page is damaged");
                    }
                    return dictionary.get(index);
                };
            }
            case RLE -> {
                if (bool) {
                    RunLengthReader bits =
                            new RunLengthReader(take(data, data.remaining() < Integer.BYTES ? -1 : data.getInt()), 1);
                    return () -> bits.next() == 1;
                }
                throw unknown(page);
            }
            default -> throw unknown(page);
        }
    }

    private IOException unknown(Page page) {
        return new IOException(
                "the column " + column.path() + " has encoding " + page.encoding() + ", which is not read");
    }

    /** Booleans in plain encoding: a bit each. */
    private static final class PackedBooleans {
        private final ByteBuffer data;
        private int bits;
        private int left;

        PackedBooleans(ByteBuffer data) {
            this.data = data;
        }

        Boolean next() throws IOException {
            if (left == 0) {
                if (!data.hasRemaining()) {
                    throw new IOException("a page is damaged");
                }
                bits = data.get() & 0xFF;
                left = 8;
            }
            boolean value = (bits & 1) == 1;
            bits >>>= 1;
            left--;
            return value;
        }
    }
}
