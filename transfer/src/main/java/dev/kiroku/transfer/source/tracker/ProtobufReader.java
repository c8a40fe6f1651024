package dev.kiroku.transfer.source.tracker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of a message in the wire format of Protocol Buffers, one after the other. Nothing is copied before it is asked for, and no
 * length is believed that goes beyond the message. Not thread-safe.
 */
public final class ProtobufReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int MAX_VARINT_BITS = 64;

    private final ByteBuffer data;
    private int field;
    private int type;
    private long number;
    private ByteBuffer slice = ByteBuffer.allocate(0);

    /** Creates a reader of a message. */
    public ProtobufReader(byte[] message) {
        this(ByteBuffer.wrap(message));
    }

    private ProtobufReader(ByteBuffer data) {
        this.data = data.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads the next field; returns false after the last one.
     *
     * @throws IOException if the message is damaged
     */
    public boolean next() throws IOException {
        if (!data.hasRemaining()) {
            return false;
        }
        long key = varint();
        type = (int) (key & 7);
        field = (int) (key >>> 3);
        switch (type) {
            case VARINT -> number = varint();
            case FIXED64 -> {
                require(Long.BYTES);
                number = data.getLong();
            }
            case FIXED32 -> {
                require(Integer.BYTES);
                number = data.getInt();
            }
            case BYTES -> {
                long length = varint();
                require(length);
                slice = data.slice(data.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
                data.position(data.position() + (int) length);
            }
            default -> throw damaged();
        }
        return true;
    }

    private void require(long bytes) throws IOException {
        if (bytes < 0 || bytes > data.remaining()) {
            throw damaged();
        }
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
            require(1);
            byte b = data.get();
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged();
    }

    private static IOException damaged() {
        return new IOException("it is damaged");
    }

    private void requireType(int expected) throws IOException {
        if (type != expected) {
            throw damaged();
        }
    }

    /** Returns the number of the field. */
    public int field() {
        return field;
    }

    /** Returns whether the field is a text, bytes, a message or a packed list. */
    public boolean isBytes() {
        return type == BYTES;
    }

    /** Returns an integer, a boolean as 0 or 1, or the number of an enum. */
    public long asLong() throws IOException {
        requireType(VARINT);
        return number;
    }

    /** Returns a double. */
    public double asDouble() throws IOException {
        requireType(FIXED64);
        return Double.longBitsToDouble(number);
    }

    /** Returns a float. */
    public float asFloat() throws IOException {
        requireType(FIXED32);
        return Float.intBitsToFloat((int) number);
    }

    /** Returns a text; bytes that are not UTF-8 become U+FFFD. */
    public String asText() throws IOException {
        requireType(BYTES);
        return StandardCharsets.UTF_8.decode(slice.duplicate()).toString();
    }

    /** Returns a reader of the message. */
    public ProtobufReader asMessage() throws IOException {
        requireType(BYTES);
        return new ProtobufReader(slice.duplicate());
    }

    /** Returns the bytes in little-endian order, such as those of a packed list. */
    public ByteBuffer asBytes() throws IOException {
        requireType(BYTES);
        return slice.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
}
