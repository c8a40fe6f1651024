package dev.kiroku.transfer.source.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads integers of a fixed number of bits in Parquet's mix of run lengths and packed groups of eight. */
final class RunLengthReader {
    private final ByteBuffer data;
    private final int bits;
    private long left;
    private boolean packed;
    private int repeated;
    private long buffer;
    private int buffered;

    /** @param bits of each integer, 0 to 32; without any, all are 0 */
    RunLengthReader(ByteBuffer data, int bits) throws IOException {
        if (bits < 0 || bits > Integer.SIZE) {
            throw damaged();
        }
        this.data = data;
        this.bits = bits;
    }

    /** Returns the number of bits of integers up to a value. */
    static int bits(int greatest) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(greatest);
    }

    int next() throws IOException {
        if (bits == 0) {
            return 0;
        }
        while (left == 0) {
            readHeader();
        }
        left--;
        return packed ? unpack() : repeated;
    }

    private void readHeader() throws IOException {
        long header = 0;
        int shift = 0;
        int b;
        do {
            b = readByte();
            header |= (b & 0x7FL) << shift;
            shift += 7;
        } while (b >= 0x80 && shift < Integer.SIZE);
        packed = (header & 1) == 1;
        left = packed ? (header >>> 1) * 8 : header >>> 1;
        buffered = 0;
        buffer = 0;
        if (!packed) {
            repeated = 0;
            for (int i = 0; i < (bits + 7) / 8; i++) {
                repeated |= readByte() << 8 * i;
            }
        }
    }

    private int unpack() throws IOException {
        while (buffered < bits) {
            buffer |= (long) readByte() << buffered;
            buffered += 8;
        }
        int value = (int) (buffer & (1L << bits) - 1);
        buffer >>>= bits;
        buffered -= bits;
        return value;
    }

    private int readByte() throws IOException {
        if (!data.hasRemaining()) {
            throw damaged();
        }
        return data.get() & 0xFF;
    }

    private static IOException damaged() {
        return new IOException("a page is damaged");
    }
}
