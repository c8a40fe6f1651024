package dev.kiroku.stores.sql;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.DatabaseErrorKind;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: a queue of writes, and a thread that commits those that are queued at the same time in one transaction. There are no timers:
 * writes that arrive while a transaction commits form the next one. Each caller gets its own result or its own error, and only after the commit. If a group fails, each of its writes is
 * retried alone, so that only the failing one reports an error.
 */
final class GroupCommit implements AutoCloseable {
    /** Bounds how long the first write of a transaction waits for the last. */
    private static final int MAX_GROUP_SIZE = 128;

    private static final int QUEUE_CAPACITY = 4096;
    private static final int MAX_ATTEMPTS = 8;
    private static final long ENQUEUE_TIMEOUT_SECONDS = 30;

    /**
     * A write, called with the state of its {@link GroupedWrite}.
     *
     * @param key what {@code grouped} locks for it
     */
    record WriteCall<K, S, T>(GroupedWrite<K, S> grouped, K key, GroupedWrite.Callback<S, T> callback) {
        private static final GroupedWrite<Boolean, Boolean> UNGROUPED = new GroupedWrite<>() {
            @Override
            public Boolean lock(Transaction tx, Collection<Boolean> keys) {
                return true;
            }

            @Override
            public void flush(Transaction tx, Boolean state) {}
        };

        /** Returns a write that shares nothing with others of its transaction. */
        static <T> WriteCall<Boolean, Boolean, T> of(Database.TransactionCallback<T> callback) {
            return new WriteCall<>(UNGROUPED, true, (tx, _) -> callback.run(tx));
        }
    }

    /** The result of a write that is not finished yet. */
    interface PendingResult<T> {
        /**
         * Waits for the commit and returns the result.
         *
         * @throws KirokuException if the write failed or could not be committed
         */
        T join();
    }

    private record QueuedWrite<K, S, T>(WriteCall<K, S, T> call, CompletableFuture<T> result)
            implements PendingResult<T> {
        /** Applies the write; returns the action that reports its result after the commit. */
        Runnable apply(Transaction tx, SharedStates states) throws SQLException {
            T value = call.callback.run(tx, states.get(call.grouped));
            return () -> result.complete(value);
        }

        void fail(Throwable e) {
            result.completeExceptionally(e);
        }

        @Override
        public T join() {
            try {
                return result.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof KirokuException refusal) {
                    throw refusal;
                }
                throw new KirokuException(ErrorCode.INTERNAL_ERROR, "The write failed.", e.getCause());
            }
        }
    }

    /** The states of the grouped writes of one transaction. */
    private static final class SharedStates {
        private final Map<GroupedWrite<?, ?>, Object> states = new LinkedHashMap<>();

        /** Locks for all writes of a group. */
        static SharedStates lock(Transaction tx, List<QueuedWrite<?, ?, ?>> group) throws SQLException {
            Map<GroupedWrite<?, ?>, Set<Object>> keys = new LinkedHashMap<>();
            for (QueuedWrite<?, ?, ?> write : group) {
                keys.computeIfAbsent(write.call.grouped, _ -> new LinkedHashSet<>())
                        .add(write.call.key);
            }
            SharedStates shared = new SharedStates();
            for (Map.Entry<GroupedWrite<?, ?>, Set<Object>> each : keys.entrySet()) {
                shared.lock(tx, each.getKey(), each.getValue());
            }
            return shared;
        }

        @SuppressWarnings("unchecked") // the keys of a grouped write are of its type (see WriteCall)
        private <K> void lock(Transaction tx, GroupedWrite<K, ?> grouped, Set<Object> keys) throws SQLException {
            states.put(grouped, grouped.lock(tx, (Set<K>) keys));
        }

        @SuppressWarnings("unchecked") // lock() has put the state of the same grouped write
        <S> S get(GroupedWrite<?, S> grouped) {
            return (S) Objects.requireNonNull(states.get(grouped));
        }

        void flush(Transaction tx) throws SQLException {
            for (GroupedWrite<?, ?> grouped : states.keySet()) {
                flush(tx, grouped);
            }
        }

        private <S> void flush(Transaction tx, GroupedWrite<?, S> grouped) throws SQLException {
            grouped.flush(tx, get(grouped));
        }
    }

    private final Dialect dialect;
    private final ConnectionPool connections;
    private final BlockingQueue<QueuedWrite<?, ?, ?>> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final Thread writer;
    private volatile boolean closing;
    // Written by the writer thread only.
    private volatile long transactions;
    private volatile long committed;
    private volatile long failures;

    /** Starts the writer thread. */
    GroupCommit(String name, Dialect dialect, ConnectionPool connections) {
        this.dialect = dialect;
        this.connections = connections;
        this.writer = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    /**
     * Adds a write to the queue.
     *
     * @throws KirokuException RESOURCE_EXHAUSTED if the queue stays full, or is closed: nothing was done, and clients may repeat what they could
     *     not repeat after TEMPORARILY_UNAVAILABLE
     */
    <T> PendingResult<T> submit(WriteCall<?, ?, T> call) {
        var write = new QueuedWrite<>(call, new CompletableFuture<>());
        try {
            if (closing) {
                throw stopping();
            }
            if (!queue.offer(write, ENQUEUE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new KirokuException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        "The queue of writes to the database is full; nothing was written. Try again in a moment.");
            }
            return write;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        }
    }

    private static KirokuException stopping() {
        return new KirokuException(
                ErrorCode.RESOURCE_EXHAUSTED, "The server is stopping; nothing was written. Try again in a moment.");
    }

    private void run() {
        List<QueuedWrite<?, ?, ?>> group = new ArrayList<>(MAX_GROUP_SIZE);
        while (!closing || !queue.isEmpty()) {
            try {
                QueuedWrite<?, ?, ?> first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                group.add(first);
                queue.drainTo(group, MAX_GROUP_SIZE - 1);
                commit(group);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                group.forEach(write -> write.fail(e));
            } finally {
                group.clear();
            }
        }
    }

    private void commit(List<QueuedWrite<?, ?, ?>> group) {
        if (tryCommit(group)) {
            return;
        }
        failures = failures + 1;
        for (QueuedWrite<?, ?, ?> write : group) {
            for (int attempt = 1; !write.result.isDone() && !tryCommit(List.of(write)); attempt++) {
                if (attempt == MAX_ATTEMPTS) {
                    write.fail(DatabaseErrorKind.RETRY.toException(null));
                }
            }
        }
    }

    /**
     * Commits a group in one transaction.
     *
     * @return whether each write of the group has its result; if not, nothing was written
     */
    private boolean tryCommit(List<QueuedWrite<?, ?, ?>> group) {
        try (Connection connection = acquireOrFail(group)) {
            if (connection == null) {
                return true;
            }
            try {
                Transaction tx = connections.begin(connection);
                SharedStates states = SharedStates.lock(tx, group);
                List<Runnable> results = applyAll(tx, states, group);
                states.flush(tx);
                tx.flushDeferred();
                connections.commit(connection);
                tx.runAfterCommit();
                transactions = transactions + 1;
                committed = committed + results.size();
                results.forEach(Runnable::run);
                return true;
            } catch (SQLException | RuntimeException e) {
                connections.rollback(connection);
                return failSingle(group, e);
            }
        } catch (SQLException e) { // of close()
            return failSingle(group, e);
        }
    }

    /** Applies each write; returns the actions that report their results. */
    private static List<Runnable> applyAll(Transaction tx, SharedStates states, List<QueuedWrite<?, ?, ?>> group)
            throws SQLException {
        List<Runnable> results = new ArrayList<>(group.size());
        for (QueuedWrite<?, ?, ?> write : group) {
            int changesBefore = tx.changes();
            try {
                results.add(write.apply(tx, states));
            } catch (KirokuException e) {
                // A refusal that has changed nothing does not concern the others of the group.
                if (tx.changes() != changesBefore) {
                    throw e;
                }
                results.add(() -> write.fail(e));
            }
        }
        return results;
    }

    /**
     * Reports an error to a write that was alone in its transaction, unless it is worth another attempt.
     *
     * @return whether the write has its result
     */
    private boolean failSingle(List<QueuedWrite<?, ?, ?>> group, Exception e) {
        if (group.size() > 1) {
            return false;
        }
        if (e instanceof SQLException sql) {
            DatabaseErrorKind kind = dialect.classify(sql);
            if (kind.isRetryable()) {
                return false;
            }
            group.getFirst().fail(kind == DatabaseErrorKind.TIMEOUT ? timeout(sql) : kind.toException(sql));
        } else {
            group.getFirst().fail(e);
        }
        return true;
    }

    /** A write waits for the locks of others, so that it may succeed later. */
    private static KirokuException timeout(SQLException cause) {
        return new KirokuException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "The write was cancelled because it took longer than " + Dialect.TIMEOUT.toSeconds()
                        + " seconds; nothing was written. Try again in a moment.",
                cause);
    }

    /** Returns a connection; null if there is none, which is reported to all writes: each alone would wait as long in vain. */
    private @Nullable Connection acquireOrFail(List<QueuedWrite<?, ?, ?>> group) {
        try {
            return connections.acquire();
        } catch (SQLException e) {
            failures = failures + 1;
            KirokuException unavailable = dialect.classify(e).toException(e);
            group.forEach(write -> write.fail(unavailable));
            return null;
        }
    }

    /** Returns what was written since the start. */
    Database.WriteStats stats() {
        return new Database.WriteStats(queue.size(), committed, transactions, failures);
    }

    /** Finishes the writes in the queue and accepts no more. */
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
