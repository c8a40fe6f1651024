package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.RegistryTransactions;
import dev.kiroku.model.KirokuException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Runs work that gates decide on. Conditions and patterns are evaluated outside transactions: an attempt that needs a
 * result which is not known yet is rolled back, the result is computed from what the attempt has read, and the work is
 * attempted again. It succeeds if what was evaluated is unchanged then. The number of attempts is limited.
 */
public final class PolicyTransactions {
    /** An undisturbed operation needs at most six: patterns and conditions, before and after its change, for two names. */
    private static final int MAX_ATTEMPTS = 16;

    private final RegistryTransactions registry;

    /** Creates a runner for one database. */
    public PolicyTransactions(RegistryTransactions registry) {
        this.registry = registry;
    }

    /**
     * Returns the result of read-only work.
     *
     * @throws KirokuException RESOURCE_EXHAUSTED if what gates evaluate has changed at each attempt
     */
    public <T> T inSnapshot(BiFunction<RegistrySnapshot, GatePolicy, T> work) {
        var judgements = new Judgements();
        return attempt(
                judgements,
                () -> registry.inSnapshot(snapshot -> work.apply(snapshot, new GatePolicy(snapshot, judgements))));
    }

    /**
     * Returns the result of work after its changes are durable.
     *
     * @param subject as of {@link RegistryTransactions#inTransaction}
     * @throws KirokuException RESOURCE_EXHAUSTED if what gates evaluate has changed at each attempt
     */
    public <T> T inTransaction(String subject, BiFunction<RegistryTransaction, GatePolicy, T> work) {
        var judgements = new Judgements();
        return attempt(
                judgements,
                () -> registry.inTransaction(subject, tx -> work.apply(tx, new GatePolicy(tx, judgements))));
    }

    /** As {@link #inTransaction}, for work without a result. */
    public void runInTransaction(String subject, BiConsumer<RegistryTransaction, GatePolicy> work) {
        inTransaction(subject, (tx, policy) -> {
            work.accept(tx, policy);
            return true;
        });
    }

    private static <T> T attempt(Judgements judgements, Supplier<T> transaction) {
        for (int attempt = 1; ; attempt++) {
            try {
                return transaction.get();
            } catch (KirokuException e) {
                if (!judgements.hasOpen() || attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
            judgements.answerOpen();
        }
    }
}
