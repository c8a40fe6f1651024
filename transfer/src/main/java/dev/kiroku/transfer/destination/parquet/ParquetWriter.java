package dev.kiroku.transfer.destination.parquet;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a Parquet file of flat rows: one page for each column of a row group, plain encoding, compressed with gzip. That is the part of the format
 * that every reader knows. A row group is written when it has {@value #MAX_GROUP_BYTES} bytes, which bounds the memory.
 */
final class ParquetWriter implements AutoCloseable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_GROUP_BYTES = 8 << 20;
    private static final int MAX_GROUP_ROWS = 500_000;
    private static final int OPTIONAL = 1;
    private static final int PLAIN = 0;
    private static final int RLE = 3;
    private static final int GZIP = 2;

    private final OutputStream out;
    private final List<ParquetColumn> columns;
    private final List<Group> groups = new ArrayList<>();
    private long position;
    private long totalRows;
    private int rows;

    /** @param offset of its page */
    private record Chunk(long offset, long compressed, long uncompressed) {}

    private record Group(long rows, List<Chunk> chunks) {}

    /** Creates a file, and replaces one that exists. */
    ParquetWriter(Path file, List<ParquetColumn> columns) throws IOException {
        this.columns = List.copyOf(columns);
        this.out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        write(MAGIC);
    }

    /** Adds a row with a value for each column. */
    void add(@Nullable Object... values) throws IOException {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(values.length + " values for " + columns.size() + " columns");
        }
        for (int i = 0; i < values.length; i++) {
            columns.get(i).add(values[i]);
        }
        rows++;
        totalRows++;
        boolean check = rows % 256 == 0;
        if (rows == MAX_GROUP_ROWS
                || check && columns.stream().mapToLong(ParquetColumn::size).sum() > MAX_GROUP_BYTES) {
            writeGroup();
        }
    }

    private void writeGroup() throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        for (ParquetColumn column : columns) {
            ByteArrayOutputStream compressed = new ByteArrayOutputStream(column.size() / 4 + 64);
            int pageSize;
            try (OutputStream gzip = fastGzip(compressed)) {
                pageSize = column.writePage(gzip);
            }
            CompactThrift header = new CompactThrift();
            header.i32(1, 0); // a data page
            header.i32(2, pageSize);
            header.i32(3, compressed.size());
            header.beginStruct(5);
            header.i32(1, rows);
            header.i32(2, PLAIN);
            header.i32(3, RLE);
            header.i32(4, RLE);
            header.end();
            header.end();
            byte[] headerBytes = header.toBytes();
            chunks.add(new Chunk(
                    position, (long) headerBytes.length + compressed.size(), (long) headerBytes.length + pageSize));
            write(headerBytes);
            compressed.writeTo(out);
            position += compressed.size();
        }
        groups.add(new Group(rows, chunks));
        rows = 0;
    }

    private static OutputStream fastGzip(OutputStream target) throws IOException {
        return new GZIPOutputStream(target) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        };
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    /** Completes the file. */
    @Override
    public void close() throws IOException {
        try (out) {
            if (rows > 0) {
                writeGroup();
            }
            byte[] footer = footer();
            write(footer);
            write(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(footer.length)
                    .array());
            write(MAGIC);
        }
    }

    private byte[] footer() {
        CompactThrift footer = new CompactThrift();
        footer.i32(1, 1); // the version of the format
        footer.structList(2, columns.size() + 1);
        footer.beginItem();
        footer.text(4, "schema");
        footer.i32(5, columns.size());
        footer.end();
        for (ParquetColumn column : columns) {
            footer.beginItem();
            footer.i32(1, column.type().physical);
            footer.i32(3, OPTIONAL);
            footer.text(4, column.name());
            if (column.type().converted != null) {
                footer.i32(6, column.type().converted);
            }
            footer.end();
        }
        footer.i64(3, totalRows);
        footer.structList(4, groups.size());
        groups.forEach(group -> writeGroupMetadata(footer, group));
        footer.text(6, "Kiroku");
        footer.end();
        return footer.toBytes();
    }

    private void writeGroupMetadata(CompactThrift footer, Group group) {
        footer.beginItem();
        footer.structList(1, columns.size());
        for (int i = 0; i < columns.size(); i++) {
            ParquetColumn column = columns.get(i);
            Chunk chunk = group.chunks.get(i);
            footer.beginItem();
            footer.i64(2, chunk.offset);
            footer.beginStruct(3);
            footer.i32(1, column.type().physical);
            footer.i32List(2, PLAIN, RLE);
            footer.textList(3, column.name());
            footer.i32(4, GZIP);
            footer.i64(5, group.rows);
            footer.i64(6, chunk.uncompressed);
            footer.i64(7, chunk.compressed);
            footer.i64(9, chunk.offset);
            footer.end();
            footer.end();
        }
        footer.i64(2, group.chunks.stream().mapToLong(Chunk::uncompressed).sum());
        footer.i64(3, group.rows);
        footer.end();
    }
}
