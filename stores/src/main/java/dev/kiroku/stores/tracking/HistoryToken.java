package dev.kiroku.stores.tracking;

import dev.kiroku.stores.sql.PageTokens;
import java.nio.ByteBuffer;
import java.util.List;

/** Page token of a metric's history: the last point of the page, so that points logged meanwhile neither repeat nor hide others. */
final class HistoryToken {
    private HistoryToken() {}

    /** Returns the token of the page after a point. */
    static String encode(PageTokens tokens, String runId, String key, MetricPoint last) {
        ByteBuffer bytes = ByteBuffer.allocate(3 * Long.BYTES);
        bytes.putLong(last.timestamp()).putLong(last.step()).putDouble(last.value());
        return tokens.sign(identity(runId, key), bytes.array());
    }

    /**
     * Returns the index of the first point after the token's.
     *
     * @param points sorted by {@link MetricPoint#BY_TIME}
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the token is not one of this history
     */
    static int findOffset(PageTokens tokens, String runId, String key, String token, List<MetricPoint> points) {
        ByteBuffer bytes = ByteBuffer.wrap(tokens.verify(identity(runId, key), token));
        long timestamp = bytes.getLong();
        long step = bytes.getLong();
        MetricPoint last = new MetricPoint(0, bytes.getDouble(), timestamp, step);
        int index = 0;
        while (index < points.size() && MetricPoint.BY_TIME.compare(points.get(index), last) <= 0) {
            index++;
        }
        return index;
    }

    private static String identity(String runId, String key) {
        return "history " + runId + " " + key;
    }
}
