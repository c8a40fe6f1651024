package dev.kiroku.stores.tracking;

import dev.kiroku.model.KirokuException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;

/** Where a page of a metric's history ended: its last point, so that points logged meanwhile neither double nor hide others. */
final class HistoryToken {
    private HistoryToken() {}

    static String encode(MetricPoint last) {
        ByteBuffer bytes = ByteBuffer.allocate(3 * Long.BYTES);
        bytes.putLong(last.timestamp()).putLong(last.step()).putDouble(last.value());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** @return the index of the first point behind the token's, in points sorted by time */
    static int findOffset(String token, List<MetricPoint> points) {
        MetricPoint last;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
            long timestamp = bytes.getLong();
            long step = bytes.getLong();
            last = new MetricPoint(0, bytes.getDouble(), timestamp, step);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw KirokuException.invalid(
                    "Invalid page token. A token is the next_page_token of an answer to the same request.");
        }
        int index = 0;
        while (index < points.size() && MetricPoint.BY_TIME.compare(points.get(index), last) <= 0) {
            index++;
        }
        return index;
    }
}
