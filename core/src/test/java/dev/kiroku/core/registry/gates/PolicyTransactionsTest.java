package dev.kiroku.core.registry.gates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.InMemoryRegistry;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.RegistryTransactions;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What gates evaluate changes between the attempts of an assignment. */
class PolicyTransactionsTest {
    private static final ChangeContext BY_ANN = new ChangeContext(new Caller("ann", "r"), 1);

    private final InMemoryRegistry registry = new InMemoryRegistry();
    private final AtomicInteger attempts = new AtomicInteger();

    @BeforeEach
    void createModel() {
        var writer = new RegistryWriter(registry);
        writer.create("iris", null, List.of(), BY_ANN);
        registry.logMetric("run", "accuracy", 0.95);
        writer.createVersion(new NewVersion("iris", "s", "s", "run", null, null, List.of(), null), BY_ANN);
        requireAccuracy(0.9);
    }

    private void requireAccuracy(double minimum) {
        new Gates(registry, () -> Instant.ofEpochMilli(1))
                .apply(
                        new GateApi.ApplyGatesRequest(
                                List.of(new Gate(
                                        "g", "*", "champion", null, "metrics.accuracy >= " + minimum, null, null)),
                                null,
                                null),
                        BY_ANN.caller());
    }

    /** Sets the alias while others do something before each attempt. */
    private void setAlias(Runnable beforeAttempt) {
        var disturbed = new RegistryTransactions() {
            @Override
            public <T> T inSnapshot(Function<RegistrySnapshot, T> work) {
                return registry.inSnapshot(work);
            }

            @Override
            public <T> T inTransaction(String subject, Function<RegistryTransaction, T> work) {
                attempts.incrementAndGet();
                beforeAttempt.run();
                return registry.inTransaction(subject, work);
            }
        };
        new RegistryWriter(disturbed).setAlias("iris", "champion", 1, null, BY_ANN);
    }

    private long champion() {
        return registry.inSnapshot(
                snapshot -> snapshot.findHolder(snapshot.requireModel("iris"), GateTarget.alias("champion")));
    }

    @Test
    void undisturbedAssignmentsNeedFewAttempts() {
        setAlias(() -> {});
        assertEquals(1, champion());
        assertTrue(attempts.get() <= 3, attempts + " attempts");
    }

    @Test
    void metricsThatChangeAfterTheEvaluationAreEvaluatedAgain() {
        KirokuException refusal = assertThrows(
                KirokuException.class,
                () -> setAlias(() -> registry.logMetric("run", "accuracy", attempts.get() < 3 ? 0.95 : 0.5)));
        assertEquals(ErrorCode.PERMISSION_DENIED, refusal.code(), refusal.getMessage());
        assertEquals(0, champion());
    }

    @Test
    void gatesThatChangeAfterTheEvaluationAreEvaluatedAgain() {
        KirokuException refusal = assertThrows(
                KirokuException.class, () -> setAlias(() -> requireAccuracy(attempts.get() < 3 ? 0.9 : 0.99)));
        assertEquals(ErrorCode.PERMISSION_DENIED, refusal.code(), refusal.getMessage());
        assertEquals(0, champion());
    }

    @Test
    void valuesThatNoConditionReadsDisturbNothing() {
        setAlias(() -> registry.logMetric("run", "loss", attempts.get()));
        assertEquals(1, champion());
        assertTrue(attempts.get() <= 3, attempts + " attempts");
    }

    @Test
    void endlessChangesEndInARefusalThatClientsRepeat() {
        KirokuException refusal = assertThrows(
                KirokuException.class, () -> setAlias(() -> registry.logMetric("run", "accuracy", attempts.get())));
        assertEquals(ErrorCode.RESOURCE_EXHAUSTED, refusal.code(), refusal.getMessage());
        assertEquals(0, champion());
    }
}
