package dev.kiroku.transfer.source.parquet;

import dev.kiroku.transfer.source.parquet.ThriftReader.Struct;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of a Parquet file: the encodings, page versions and compressions that pandas, pyarrow and DuckDB write by default, in columns that are
 * in at most one list. A page of each column is in memory at a time. Not thread-safe.
 */
public final class ParquetReader implements AutoCloseable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int TAIL = 8;
    private static final int MAX_FOOTER = 64 << 20;
    private static final long MAX_ROWS = 1_000_000_000;
    private static final int BUFFER = 1 << 14;

    private final FileChannel channel;
    private final List<Struct> groups;
    private final List<ParquetColumn> columns;

    /** Takes a row. */
    public interface RowConsumer {
        /**
         * Takes a row.
         *
         * @param values of the columns that were asked for, null for columns that the file does not have; a boolean, long, double, text, or list of
         *     these. Decimal numbers are doubles, times milliseconds since 1970
         */
        void accept(@Nullable Object[] values) throws IOException;
    }

    /**
     * Opens a file.
     *
     * @throws IOException if it is not a Parquet file, or damaged
     */
    public ParquetReader(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            Struct footer = readFooter();
            columns = ParquetColumn.of(footer.structs(2));
            groups = footer.structs(4);
            long rows = groups.stream().mapToLong(group -> group.number(3, 0)).sum();
            if (rows < 0 || rows > MAX_ROWS || groups.stream().anyMatch(group -> group.number(3, -1) < 0)) {
                throw new IOException("it has a number of rows that cannot be");
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private Struct readFooter() throws IOException {
        long size = channel.size();
        if (size < MAGIC.length + TAIL) {
            throw new IOException("it is not a Parquet file");
        }
        ByteBuffer tail = ByteBuffer.wrap(read(size - TAIL, TAIL)).order(ByteOrder.LITTLE_ENDIAN);
        int length = tail.getInt();
        if (!Arrays.equals(tail.array(), Integer.BYTES, TAIL, MAGIC, 0, MAGIC.length)) {
            throw new IOException("it is not a Parquet file, or cut");
        }
        if (length < 0 || length > MAX_FOOTER || length > size - TAIL) {
            throw new IOException("its metadata is damaged");
        }
        return new ThriftReader(new ByteArrayInputStream(read(size - TAIL - length, length))).readStruct();
    }

    private byte[] read(long position, int length) throws IOException {
        byte[] bytes = new ChannelStream(position, length).readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("it is cut");
        }
        return bytes;
    }

    /** Returns the names of the columns; those in groups have dots. */
    public List<String> columnNames() {
        return columns.stream().map(ParquetColumn::path).toList();
    }

    /**
     * Passes all rows.
     *
     * @param names of the columns to read
     * @throws IOException if the file is damaged; rows before that have been passed
     */
    public void read(List<String> names, RowConsumer consumer) throws IOException {
        for (Struct group : groups) {
            List<@Nullable ColumnReader> readers = new ArrayList<>();
            for (String name : names) {
                readers.add(open(group, name));
            }
            for (long row = group.number(3, 0); row > 0; row--) {
                @Nullable Object[] values = new @Nullable Object[names.size()];
                for (int i = 0; i < values.length; i++) {
                    ColumnReader reader = readers.get(i);
                    values[i] = reader == null ? null : reader.next();
                }
                consumer.accept(values);
            }
        }
    }

    private @Nullable ColumnReader open(Struct group, String name) throws IOException {
        for (ParquetColumn column : columns) {
            if (column.path().equals(name) && column.maxRepetition() <= 1) {
                List<Struct> chunks = group.structs(1);
                if (column.index() >= chunks.size()) {
                    throw new IOException("its metadata is damaged");
                }
                Struct chunk = chunks.get(column.index()).struct(3);
                long data = chunk.number(9, -1);
                long dictionary = chunk.number(11, data);
                long start = dictionary > 0 ? Math.min(data, dictionary) : data;
                long length = chunk.number(7, -1);
                if (start < 0 || length < 0 || start > channel.size() || length > channel.size() - start) {
                    throw new IOException("its metadata is damaged");
                }
                InputStream in = new BufferedInputStream(new ChannelStream(start, length), BUFFER);
                PageReader pages = new PageReader(in, (int) chunk.number(4, -1));
                return new ColumnReader(column, pages, chunk.number(5, 0));
            }
        }
        return null;
    }

    /** A part of the file. */
    private final class ChannelStream extends InputStream {
        private long position;
        private long left;

        ChannelStream(long position, long length) {
            this.position = position;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = channel.read(ByteBuffer.wrap(bytes, from, (int) Math.min(left, length)), position);
            if (read > 0) {
                position += read;
                left -= read;
            }
            return read;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
