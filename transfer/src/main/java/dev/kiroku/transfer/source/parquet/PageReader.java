package dev.kiroku.transfer.source.parquet;

import dev.kiroku.transfer.source.parquet.ThriftReader.Struct;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Reads and decompresses the pages of a column in a row group, one at a time, which bounds the memory. */
final class PageReader {
    private static final int MAX_PAGE = 16 << 20;
    private static final int DICTIONARY_PAGE = 2;
    private static final int DATA_PAGE = 0;
    private static final int DATA_PAGE_V2 = 3;
    private static final int NONE = 0;
    private static final int SNAPPY = 1;
    private static final int GZIP = 2;

    private final InputStream in;
    private final int codec;

    /**
     * Creates a reader.
     *
     * @param in the pages, and nothing behind them
     * @param codec the number of the compression
     */
    PageReader(InputStream in, int codec) throws IOException {
        if (codec > GZIP || codec < 0) {
            throw new IOException("its compression is neither Snappy nor gzip (codec " + codec + ")");
        }
        this.in = in;
        this.codec = codec;
    }

    /**
     * A page.
     *
     * @param dictionary whether it has the values that others refer to, in plain encoding
     * @param encoding the number of the encoding of the values
     * @param repetitions the lengths of the levels in bytes, which are before the values; -1 if the length is before each
     */
    record Page(boolean dictionary, int values, int encoding, int repetitions, int definitions, ByteBuffer data) {}

    /** Reads the next page with values. */
    Page next() throws IOException {
        while (true) {
            Struct header;
            try {
                header = new ThriftReader(in).readStruct();
            } catch (IOException e) {
                if (in.read() < 0) {
                    throw new IOException("a column has fewer values than its metadata says", e);
                }
                throw e;
            }
            int size = header.requireSize(2, MAX_PAGE);
            byte[] compressed = in.readNBytes(header.requireSize(3, MAX_PAGE));
            if (compressed.length < header.number(3, 0)) {
                throw new IOException("a page is cut");
            }
            int type = (int) header.number(1, -1);
            switch (type) {
                case DICTIONARY_PAGE -> {
                    Struct details = header.struct(7);
                    return page(true, details, 2, -1, -1, decompress(compressed, 0, size, true));
                }
                case DATA_PAGE -> {
                    Struct details = header.struct(5);
                    return page(false, details, 2, -1, -1, decompress(compressed, 0, size, true));
                }
                case DATA_PAGE_V2 -> {
                    Struct details = header.struct(8);
                    int definitions = details.requireSize(5, compressed.length);
                    int repetitions = details.requireSize(6, compressed.length - definitions);
                    boolean isCompressed =
                            !Boolean.FALSE.equals(details.fields().get(7));
                    byte[] data = decompress(compressed, definitions + repetitions, size, isCompressed);
                    return page(false, details, 4, repetitions, definitions, data);
                }
                default -> {} // an index
            }
        }
    }

    private static Page page(
            boolean dictionary, Struct details, int encoding, int repetitions, int definitions, byte[] data)
            throws IOException {
        return new Page(
                dictionary,
                details.requireSize(1, Integer.MAX_VALUE),
                (int) details.number(encoding, -1),
                repetitions,
                definitions,
                ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** @param plain how many bytes at the begin are not compressed */
    private byte[] decompress(byte[] compressed, int plain, int size, boolean isCompressed) throws IOException {
        if (codec == NONE || !isCompressed || plain == compressed.length) {
            return compressed;
        }
        if (size < plain) {
            throw new IOException("a page is damaged");
        }
        byte[] rest = Arrays.copyOfRange(compressed, plain, compressed.length);
        byte[] data = codec == SNAPPY ? Snappy.decompress(rest, size - plain) : gunzip(rest, size - plain);
        if (plain == 0) {
            return data;
        }
        byte[] all = new byte[size];
        System.arraycopy(compressed, 0, all, 0, plain);
        System.arraycopy(data, 0, all, plain, data.length);
        return all;
    }

    private static byte[] gunzip(byte[] compressed, int size) throws IOException {
        try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            byte[] data = gzip.readNBytes(size);
            if (data.length < size || gzip.read() >= 0) {
                throw new IOException("compressed data is damaged");
            }
            return data;
        }
    }
}
