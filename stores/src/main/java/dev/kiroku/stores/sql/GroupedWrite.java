package dev.kiroku.stores.sql;

import java.sql.SQLException;
import java.util.Collection;

/**
 * What the calls of one kind that share a transaction do together: lock what they need, and write what they left to the end. The transaction
 * first locks for all calls, then applies each of them, then flushes. So the number of statements does not grow with the number of calls.
 *
 * @param <K> identifies what a call locks
 * @param <S> the state that the calls share within one transaction
 */
public interface GroupedWrite<K, S> {
    /** Work of one call of a group. As with {@link Database.TransactionCallback}, it may run again after a rollback. */
    @FunctionalInterface
    interface Callback<S, T> {
        /** Applies the call; returns its result. */
        T run(Transaction tx, S state) throws SQLException;
    }

    /** Work of one call of a group without a result. */
    @FunctionalInterface
    interface Action<S> {
        /** Applies the call. */
        void run(Transaction tx, S state) throws SQLException;
    }

    /** Locks what the calls of the transaction need; returns their shared state. */
    S lock(Transaction tx, Collection<K> keys) throws SQLException;

    /** Writes what the calls have collected in the shared state; the last statements before the commit. */
    void flush(Transaction tx, S state) throws SQLException;
}
