package dev.kiroku.core.registry.store;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs work on the registry in transactions. The work may run more than once when transactions conflict, so it must
 * have no effect outside its transaction. An exception thrown by the work rolls the transaction back and is rethrown.
 */
public interface RegistryTransactions {
    /** Returns the result of read-only work. */
    <T> T inSnapshot(Function<RegistrySnapshot, T> work);

    /**
     * Returns the result of work after its changes are durable.
     *
     * @param subject the name of the model, or another name for what is changed: transactions on equal subjects run in
     *     the order of their arrival at this server
     */
    <T> T inTransaction(String subject, Function<RegistryTransaction, T> work);

    /** As {@link #inTransaction}, for work without a result. */
    default void runInTransaction(String subject, Consumer<RegistryTransaction> work) {
        inTransaction(subject, tx -> {
            work.accept(tx);
            return true;
        });
    }
}
