package dev.kiroku.transfer.source.parquet;

import java.io.IOException;

/** Decompresses Snappy's raw format. */
final class Snappy {
    private static final int LITERAL = 0;
    private static final int COPY_1 = 1;
    private static final int COPY_2 = 2;
    private static final int MAX_SHORT_LITERAL = 60;

    private final byte[] in;
    private int position;

    private Snappy(byte[] in) {
        this.in = in;
    }

    /**
     * Decompresses.
     *
     * @param size how many bytes there must be
     * @throws IOException if the data is damaged or has another size
     */
    static byte[] decompress(byte[] compressed, int size) throws IOException {
        return new Snappy(compressed).decompress(size);
    }

    private byte[] decompress(int size) throws IOException {
        if (number(length()) != size) {
            throw damaged();
        }
        byte[] out = new byte[size];
        int done = 0;
        while (position < in.length) {
            int tag = next();
            int kind = tag & 3;
            if (kind == LITERAL) {
                int length = tag >>> 2;
                if (length >= MAX_SHORT_LITERAL) {
                    length = little(length - MAX_SHORT_LITERAL + 1);
                }
                length++;
                if (length <= 0 || length > in.length - position || length > size - done) {
                    throw damaged();
                }
                System.arraycopy(in, position, out, done, length);
                position += length;
                done += length;
            } else {
                int length = kind == COPY_1 ? (tag >>> 2 & 7) + 4 : (tag >>> 2) + 1;
                int offset = kind == COPY_1 ? (tag >>> 5) << 8 | next() : little(kind == COPY_2 ? 2 : 4);
                if (offset <= 0 || offset > done || length > size - done) {
                    throw damaged();
                }
                for (int i = 0; i < length; i++, done++) {
                    out[done] = out[done - offset]; // the ranges may overlap
                }
            }
        }
        if (done != size) {
            throw damaged();
        }
        return out;
    }

    private long length() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            int b = next();
            value |= (b & 0x7FL) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw damaged();
    }

    private static int number(long length) throws IOException {
        if (length > Integer.MAX_VALUE) {
            throw damaged();
        }
        return (int) length;
    }

    private int next() throws IOException {
        if (position == in.length) {
            throw damaged();
        }
        return in[position++] & 0xFF;
    }

    private int little(int bytes) throws IOException {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= next() << 8 * i;
        }
        return value;
    }

    private static IOException damaged() {
        return new IOException("compressed data is damaged");
    }
}
