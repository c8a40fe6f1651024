package dev.kiroku.serving.worker;

import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.util.concurrent.CompletableFuture;

/** A request that waits for its answer. */
final class PendingRequest {
    final String contentType;
    final byte[] body;
    /** Null when the body is for Python to read. */
    final InputTable table;
    /** By System.nanoTime. */
    final long deadline;

    final CompletableFuture<ScoringResponse> response = new CompletableFuture<>();
    /** Set when it failed among others, and has to be tried by itself. */
    boolean retriedAlone;

    PendingRequest(String contentType, byte[] body, InputTable table, long deadline) {
        this.contentType = contentType;
        this.body = body;
        this.table = table;
        this.deadline = deadline;
    }

    int rows() {
        return table == null ? 1 : table.rows();
    }

    boolean canMergeWith(PendingRequest other) {
        return !retriedAlone
                && !other.retriedAlone
                && table != null
                && other.table != null
                && table.layout().equals(other.table.layout());
    }
}
