package dev.kiroku.serving.worker;

import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request in the queue of a pool, or under way in one of its workers. */
final class PendingRequest {
    private final String contentType;
    private final byte[] body;
    private final @Nullable InputTable table;
    private final long deadline;
    private final CompletableFuture<ScoringResponse> response = new CompletableFuture<>();
    private volatile boolean retryAlone;

    /**
     * Creates a request that is not answered yet.
     *
     * @param table the parsed body; null when Python has to parse it
     * @param deadline the value of {@link System#nanoTime} at which the request times out
     */
    PendingRequest(String contentType, byte[] body, @Nullable InputTable table, long deadline) {
        this.contentType = contentType;
        this.body = body;
        this.table = table;
        this.deadline = deadline;
    }

    String contentType() {
        return contentType;
    }

    byte[] body() {
        return body;
    }

    @Nullable InputTable table() {
        return table;
    }

    long deadline() {
        return deadline;
    }

    CompletableFuture<ScoringResponse> response() {
        return response;
    }

    boolean isDone() {
        return response.isDone();
    }

    void complete(ScoringResponse result) {
        response.complete(result);
    }

    /** Returns whether this request failed together with others and has to be sent on its own. */
    boolean isRetryAlone() {
        return retryAlone;
    }

    void retryAlone() {
        retryAlone = true;
    }

    int rows() {
        return table == null ? 1 : table.rows();
    }

    /** Returns whether this request and another can share one call of predict. */
    boolean canMergeWith(PendingRequest other) {
        return !retryAlone
                && !other.retryAlone
                && table != null
                && other.table != null
                && table.layout().equals(other.table.layout());
    }
}
