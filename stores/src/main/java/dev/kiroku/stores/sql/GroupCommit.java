package dev.kiroku.stores.sql;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A writer that puts what is waiting into one transaction. Nothing waits for company: while a transaction commits, others gather, and
 * make up the next one. Each caller gets its own result or its own error, and only after the commit.
 */
final class GroupCommit implements AutoCloseable {
    /** Bounds how long the first of a transaction waits for the last. */
    private static final int MAX_GROUP_SIZE = 128;

    private static final int QUEUE_CAPACITY = 4096;
    private static final int MAX_ATTEMPTS = 8;
    private static final long ENQUEUE_TIMEOUT_SECONDS = 30;

    /**
     * What a caller wants done.
     *
     * @param first does something for this call and others before the first of them; or null
     * @param key what {@code first} is asked for
     */
    record WriteCall<K, T>(
            Transaction.BatchPrefetch<K, ?> prefetch, K prefetchKey, Database.TransactionCallback<T> work) {}

    /** The result to come. */
    interface PendingResult<T> {
        /** Waits for it. @throws KirokuException what the call's work threw, or why it could not be done */
        T join();
    }

    private record QueuedWrite<K, T>(WriteCall<K, T> call, CompletableFuture<T> result) implements PendingResult<T> {
        /** Does the work; the result is kept back until the commit. */
        Runnable run(Transaction tx) throws SQLException {
            T value = call.work.run(tx);
            return () -> result.complete(value);
        }

        @Override
        public T join() {
            try {
                return result.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof KirokuException answer) {
                    throw answer;
                }
                throw new KirokuException(ErrorCode.INTERNAL_ERROR, "The write failed.", e.getCause());
            }
        }
    }

    private final ConnectionPool connections;
    private final BlockingQueue<QueuedWrite<?, ?>> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final Thread writer;
    private volatile boolean closing;
    // Written by the writer alone.
    private volatile long transactions;
    private volatile long committed;
    private volatile long failures;

    GroupCommit(String name, ConnectionPool connections) {
        this.connections = connections;
        this.writer = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    <T> PendingResult<T> submit(WriteCall<?, T> call) {
        var waiting = new QueuedWrite<>(call, new CompletableFuture<>());
        try {
            if (closing || !queue.offer(waiting, ENQUEUE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new KirokuException(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The store has more writes waiting than it can take; try again in a moment.");
            }
            return waiting;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is stopping; try again in a moment.");
        }
    }

    private void run() {
        List<QueuedWrite<?, ?>> group = new ArrayList<>(MAX_GROUP_SIZE);
        while (!closing || !queue.isEmpty()) {
            try {
                QueuedWrite<?, ?> first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                group.add(first);
                queue.drainTo(group, MAX_GROUP_SIZE - 1);
                commit(group);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                group.forEach(w -> w.result.completeExceptionally(e));
            } finally {
                group.clear();
            }
        }
    }

    private void commit(List<QueuedWrite<?, ?>> group) {
        if (tryCommit(group)) {
            return;
        }
        failures = failures + 1;
        // One of them spoilt it for all: now each on its own, so that it gets the error alone.
        for (QueuedWrite<?, ?> each : group) {
            for (int attempt = 1; !each.result.isDone() && !tryCommit(List.of(each)); attempt++) {
                if (attempt == MAX_ATTEMPTS) {
                    each.result.completeExceptionally(new KirokuException(
                            ErrorCode.TEMPORARILY_UNAVAILABLE,
                            "The store was changed by others again and again; try again in a moment."));
                }
            }
        }
    }

    /** @return whether every one of the group has its answer; if not, nothing has happened */
    private boolean tryCommit(List<QueuedWrite<?, ?>> group) {
        try (Connection connection = connect(group)) {
            if (connection == null) {
                return true;
            }
            Transaction tx = connections.begin(connection);
            runPrefetches(tx, group);
            List<Runnable> answers = new ArrayList<>(group.size());
            for (QueuedWrite<?, ?> each : group) {
                if (each.result.isDone()) {
                    continue;
                }
                int before = tx.changes();
                try {
                    answers.add(each.run(tx));
                } catch (SQLException | RuntimeException e) {
                    boolean harmless = e instanceof KirokuException && tx.changes() == before;
                    if (harmless) {
                        answers.add(() -> each.result.completeExceptionally(e));
                        continue;
                    }
                    connections.rollback(connection);
                    if (group.size() == 1 && !(e instanceof SQLException s && Database.isRetryable(s))) {
                        each.result.completeExceptionally(
                                e instanceof SQLException s ? Database.toKirokuException(s) : e);
                    }
                    return group.size() == 1 && each.result.isDone();
                }
            }
            tx.flushDeferred();
            connections.commit(connection);
            tx.runAfterCommit();
            transactions = transactions + 1;
            committed = committed + answers.size();
            answers.forEach(Runnable::run);
            return true;
        } catch (SQLException e) {
            if (group.size() > 1 || Database.isRetryable(e)) {
                return false;
            }
            group.forEach(w -> w.result.completeExceptionally(Database.toKirokuException(e)));
            return true;
        }
    }

    @SuppressWarnings("unchecked") // a call's key is of the kind that its First takes
    private static void runPrefetches(Transaction tx, List<QueuedWrite<?, ?>> group) throws SQLException {
        Map<Transaction.BatchPrefetch<?, ?>, Set<Object>> wanted = new LinkedHashMap<>();
        for (QueuedWrite<?, ?> each : group) {
            if (each.call.prefetch != null && !each.result.isDone()) {
                wanted.computeIfAbsent(each.call.prefetch, _ -> new LinkedHashSet<>())
                        .add(each.call.prefetchKey);
            }
        }
        for (Map.Entry<Transaction.BatchPrefetch<?, ?>, Set<Object>> each : wanted.entrySet()) {
            tx.prefetch((Transaction.BatchPrefetch<Object, ?>) each.getKey(), each.getValue());
        }
    }

    /** @return null when there is none: then all have their answer, for each of them would wait in vain as long as the first */
    private Connection connect(List<QueuedWrite<?, ?>> group) {
        try {
            return connections.acquire();
        } catch (SQLException e) {
            failures = failures + 1;
            group.forEach(w -> w.result.completeExceptionally(Database.toKirokuException(e)));
            return null;
        }
    }

    Database.WriteStats stats() {
        return new Database.WriteStats(queue.size(), committed, transactions, failures);
    }

    /** Finishes what is waiting, and takes no more. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
