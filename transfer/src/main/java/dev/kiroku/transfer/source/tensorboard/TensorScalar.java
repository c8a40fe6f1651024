package dev.kiroku.transfer.source.tensorboard;

import dev.kiroku.transfer.source.tracker.ProtobufReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The only number of a tensor, in TensorFlow's message {@code TensorProto}.
 *
 * @param value null if the tensor has another number of elements, or no numbers
 */
record TensorScalar(@Nullable Double value) {
    private static final int FLOAT = 1;
    private static final int DOUBLE = 2;
    private static final int INT32 = 3;
    private static final int UINT8 = 4;
    private static final int INT16 = 5;
    private static final int INT8 = 6;
    private static final int INT64 = 9;
    private static final int BOOL = 10;
    private static final int BFLOAT16 = 14;
    private static final int HALF = 19;

    static TensorScalar parse(ProtobufReader tensor) throws IOException {
        int type = 0;
        ByteBuffer content = ByteBuffer.allocate(0);
        Double value = null;
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> type = (int) tensor.asLong();
                case 4 -> content = tensor.asBytes();
                case 5 -> value = tensor.isBytes() ? packedFloat(tensor.asBytes()) : (Double) (double) tensor.asFloat();
                case 6 -> value = tensor.isBytes() ? packedDouble(tensor.asBytes()) : (Double) tensor.asDouble();
                case 7, 10, 11 -> value = tensor.isBytes() ? packedInteger(tensor) : (Double) (double) tensor.asLong();
                case 13 -> {
                    Double bits = tensor.isBytes() ? packedInteger(tensor) : (Double) (double) tensor.asLong();
                    value = bits == null ? null : half(type, (short) bits.intValue());
                }
                default -> {}
            }
        }
        return new TensorScalar(content.hasRemaining() ? ofContent(type, content) : value);
    }

    private static @Nullable Double packedFloat(ByteBuffer packed) {
        return packed.remaining() == Float.BYTES ? (Double) (double) packed.getFloat() : null;
    }

    private static @Nullable Double packedDouble(ByteBuffer packed) {
        return packed.remaining() == Double.BYTES ? (Double) packed.getDouble() : null;
    }

    private static @Nullable Double packedInteger(ProtobufReader field) throws IOException {
        ByteBuffer packed = field.asBytes();
        long value = 0;
        for (int shift = 0; packed.hasRemaining() && shift < Long.SIZE; shift += 7) {
            byte b = packed.get();
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return packed.hasRemaining() ? null : (Double) (double) value;
            }
        }
        return null;
    }

    private static @Nullable Double ofContent(int type, ByteBuffer bytes) {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        int size = switch (type) {
            case DOUBLE, INT64 -> Long.BYTES;
            case FLOAT, INT32 -> Integer.BYTES;
            case INT16, BFLOAT16, HALF -> Short.BYTES;
            case UINT8, INT8, BOOL -> 1;
            default -> -1;
        };
        if (bytes.remaining() != size) {
            return null;
        }
        return switch (type) {
            case DOUBLE -> bytes.getDouble();
            case INT64 -> (double) bytes.getLong();
            case FLOAT -> (double) bytes.getFloat();
            case INT32 -> (double) bytes.getInt();
            case INT16 -> (double) bytes.getShort();
            case BFLOAT16, HALF -> half(type, bytes.getShort());
            case INT8 -> (double) bytes.get();
            default -> (double) (bytes.get() & 0xFF);
        };
    }

    private static double half(int type, short bits) {
        return type == BFLOAT16 ? Float.intBitsToFloat(bits << Short.SIZE) : Float.float16ToFloat(bits);
    }
}
