package dev.kiroku.stores.tracking;

import dev.kiroku.model.KirokuException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;

/** Page token of a metric's history: the last point of the page, so that points logged meanwhile neither repeat nor hide others. */
final class HistoryToken {
    private HistoryToken() {}

    /** Returns the token of the page after a point. */
    static String encode(MetricPoint last) {
        ByteBuffer bytes = ByteBuffer.allocate(3 * Long.BYTES);
        bytes.putLong(last.timestamp()).putLong(last.step()).putDouble(last.value());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /**
     * Returns the index of the first point after the token's.
     *
     * @param points sorted by {@link MetricPoint#BY_TIME}
     * @throws KirokuException INVALID_PARAMETER_VALUE if the token is not one of these
     */
    static int findOffset(String token, List<MetricPoint> points) {
        MetricPoint last;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
            long timestamp = bytes.getLong();
            long step = bytes.getLong();
            last = new MetricPoint(0, bytes.getDouble(), timestamp, step);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw KirokuException.invalid(
                    "Invalid page token. A token is the next_page_token of a response to the same request; omit it to start from the beginning.");
        }
        int index = 0;
        while (index < points.size() && MetricPoint.BY_TIME.compare(points.get(index), last) <= 0) {
            index++;
        }
        return index;
    }
}
