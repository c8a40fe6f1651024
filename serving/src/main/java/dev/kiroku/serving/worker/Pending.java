package dev.kiroku.serving.worker;

import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.protocol.Answer;
import java.util.concurrent.CompletableFuture;

/** A request that waits for its answer. */
final class Pending {
    final String contentType;
    final byte[] body;
    /** Null when the body is for Python to read. */
    final Table table;
    /** By System.nanoTime. */
    final long deadline;

    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    /** Set when it failed among others, and has to be tried by itself. */
    boolean alone;

    Pending(String contentType, byte[] body, Table table, long deadline) {
        this.contentType = contentType;
        this.body = body;
        this.table = table;
        this.deadline = deadline;
    }

    int rows() {
        return table == null ? 1 : table.rows();
    }

    boolean canJoin(Pending other) {
        return !alone
                && !other.alone
                && table != null
                && other.table != null
                && table.layout().equals(other.table.layout());
    }
}
