package dev.kiroku.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The rules of changes without a database. Model iris has version 1 (accuracy 0.80) and version 2 (accuracy 0.92). */
class RegistryWriterTest {
    private static final ChangeContext ANN = new ChangeContext(new Caller("ann", "r1"), 1000);

    private final InMemoryRegistry registry = new InMemoryRegistry();
    private final RegistryWriter writer = new RegistryWriter(registry);

    @BeforeEach
    void createModel() {
        writer.create("iris", null, List.of(), ANN);
        addVersion("run80", 0.80);
        addVersion("run92", 0.92);
    }

    private void addVersion(String runId, double accuracy) {
        registry.logMetric(runId, "accuracy", accuracy);
        writer.createVersion(new NewVersion("iris", "s", "s", runId, null, null, List.of(), null), ANN);
    }

    private void applyGate(String alias, String stage, String require) {
        new Gates(registry, () -> Instant.ofEpochMilli(1000))
                .apply(
                        new GateApi.ApplyGatesRequest(
                                List.of(new Gate("quality", "iris", alias, stage, require, null, null)), null, null),
                        ANN.caller());
    }

    private long holder(GateTarget target) {
        return registry.inSnapshot(snapshot -> snapshot.findHolder(snapshot.requireModel("iris"), target));
    }

    private static void assertCode(ErrorCode code, Executable change) {
        KirokuException e = assertThrows(KirokuException.class, change);
        assertEquals(code, e.code(), e.getMessage());
    }

    @Test
    void failedChangesLeaveNothing() {
        List<String> audit = registry.auditActions();
        List<String> events = registry.events();
        assertCode(ErrorCode.RESOURCE_ALREADY_EXISTS, () -> writer.create("iris", null, List.of(), ANN));
        assertCode(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> writer.setAlias("iris", "champion", 9, null, ANN));
        assertCode(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> writer.deleteVersion("rose", 1, ANN));
        assertCode(ErrorCode.RESOURCE_CONFLICT, () -> writer.setAlias("iris", "champion", 1, 2L, ANN));
        assertEquals(audit, registry.auditActions());
        assertEquals(events, registry.events());
    }

    @Test
    void unchangedAliasEmitsAnEventWithoutAuditEntry() {
        writer.setAlias("iris", "champion", 1, 0L, ANN);
        List<String> audit = registry.auditActions();
        writer.setAlias("iris", "champion", 1, 1L, ANN);
        assertEquals(audit, registry.auditActions());
        assertEquals(
                List.of("model_version_alias.created", "model_version_alias.created"),
                registry.events().subList(3, 5));
    }

    @Test
    void refusalCommitsItsEventAndNothingElse() {
        applyGate("champion", null, "metrics.accuracy >= 0.9");
        List<String> audit = registry.auditActions();
        assertCode(ErrorCode.PERMISSION_DENIED, () -> writer.setAlias("iris", "champion", 1, null, ANN));
        assertEquals(0, holder(GateTarget.alias("champion")));
        assertEquals("gate.failed", registry.events().getLast());
        assertEquals(audit, registry.auditActions());
        writer.setAlias("iris", "champion", 2, null, ANN);
        assertEquals(2, holder(GateTarget.alias("champion")));
    }

    @Test
    void transitionArchivesOtherVersionsOfTheStage() {
        writer.transitionStage("iris", 1, Stage.PRODUCTION, true, ANN);
        writer.transitionStage("iris", 2, Stage.PRODUCTION, true, ANN);
        assertEquals(2, holder(GateTarget.stage(Stage.PRODUCTION)));
        assertEquals(1, holder(GateTarget.stage(Stage.ARCHIVED)));
        assertEquals(
                List.of("version.stage", "version.stage", "version.stage"),
                registry.auditActions().subList(3, 6));
    }

    @Test
    void gatesOfStagesApplyToTransitions() {
        applyGate(null, "Production", "metrics.accuracy >= 0.9");
        assertCode(ErrorCode.PERMISSION_DENIED, () -> writer.transitionStage("iris", 1, Stage.PRODUCTION, false, ANN));
        writer.transitionStage("iris", 1, Stage.STAGING, false, ANN);
        writer.transitionStage("iris", 2, Stage.PRODUCTION, false, ANN);
    }

    @Test
    void tagsOfPromptsEmitEventsAndTagsOfModelsDoNot() {
        writer.setTag("iris", new KeyValue("k", "v"), ANN);
        assertTrue(registry.events().stream().noneMatch(event -> event.startsWith("prompt")));
        writer.setTag("iris", new KeyValue("mlflow.prompt.is_prompt", "true"), ANN);
        writer.deleteTag("iris", "k", ANN);
        assertEquals(
                List.of("prompt_tag.set", "prompt_tag.deleted"),
                registry.events().subList(3, 5));
    }

    @Test
    void numbersOfDeletedVersionsAreNotReused() {
        writer.deleteVersion("iris", 2, ANN);
        addVersion("run95", 0.95);
        assertEquals(
                "3",
                registry.inSnapshot(snapshot -> snapshot.requireVersion(snapshot.requireModel("iris"), 3))
                        .version());
    }

    @Test
    void exceptionsOfWorkRollBack() {
        assertThrows(
                IllegalStateException.class,
                () -> registry.inTransaction("iris", (RegistryTransaction tx) -> {
                    tx.deleteModel(tx.requireModel("iris"));
                    throw new IllegalStateException();
                }));
        assertEquals(0, holder(GateTarget.alias("champion")));
    }
}
