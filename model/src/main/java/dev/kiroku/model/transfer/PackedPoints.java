package dev.kiroku.model.transfer;

import dev.kiroku.model.KirokuException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Points of one metric of a run, packed so that many of them are one JSON string.
 *
 * @param data base64 of timestamp, step and value of each point: 8 bytes each, big-endian, the value as IEEE 754 double
 */
public record PackedPoints(String key, String data) {
    private static final int BYTES_PER_POINT = 24;

    /** Consumes points. */
    @FunctionalInterface
    public interface PointConsumer {
        /** Consumes a point. */
        void accept(long timestamp, long step, double value);
    }

    /** Packs points, given as arrays of one length. */
    public static PackedPoints of(String key, long[] timestamps, long[] steps, double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_PER_POINT * values.length);
        for (int i = 0; i < values.length; i++) {
            bytes.putLong(timestamps[i]).putLong(steps[i]).putDouble(values[i]);
        }
        return new PackedPoints(key, Base64.getEncoder().encodeToString(bytes.array()));
    }

    /**
     * Passes the points to a consumer.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if the data has another form
     */
    public void forEach(PointConsumer consumer) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(data == null ? "" : data);
        } catch (IllegalArgumentException e) {
            throw KirokuException.invalid("The points of the metric '%s' are not base64.", key);
        }
        if (bytes.length % BYTES_PER_POINT != 0) {
            throw KirokuException.invalid(
                    "The points of the metric '%s' have %d bytes, which is not a multiple of %d.",
                    key, bytes.length, BYTES_PER_POINT);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.hasRemaining()) {
            consumer.accept(in.getLong(), in.getLong(), in.getDouble());
        }
    }
}
