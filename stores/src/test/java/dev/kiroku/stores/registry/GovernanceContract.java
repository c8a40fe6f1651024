package dev.kiroku.stores.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.AuditVerifier;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.Registry;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.gates.MlmodelReader;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.stores.StoreSettings;
import dev.kiroku.stores.Stores;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The contract of gates and approvals on each database. Model iris has versions 1 (accuracy 0.80), 2 (0.92) and 3
 * (0.95).
 */
abstract class GovernanceContract {
    /** The settings of the stores that subclasses open. */
    protected static final StoreSettings SETTINGS = new StoreSettings(2, Duration.ZERO, List.of("s3://trusted/models"));

    private static final Caller ANN = new Caller("ann", "r1");
    private static final Caller BOB = new Caller("bob", "r2");
    private static final Caller EVE = new Caller("eve", "r3");
    private static final Caller LEAD = new Caller("lea", Set.of("leads"), "r4");

    private final AtomicLong clock = new AtomicLong(1000);
    private Stores stores;
    private RegistryStore store;
    private RegistryWriter registry;
    private Gates gates;
    private Approvals approvals;

    protected abstract Stores open() throws Exception;

    @BeforeEach
    void fill() throws Exception {
        stores = open();
        store = stores.registry();
        registry = new RegistryWriter(store);
        gates = new Gates(store, () -> Instant.ofEpochMilli(clock.get()));
        approvals = new Approvals(store, () -> Instant.ofEpochMilli(clock.get()));
        registry.create("iris", null, List.of(), by(ANN));
        for (double accuracy : new double[] {0.80, 0.92, 0.95}) {
            String run = "run" + (int) (accuracy * 100);
            stores.runs()
                    .create(new RunStore.NewRun(
                            run, 0, run, "ann", 1, run, List.of(new KeyValue("mlflow.runName", run))));
            log(run, accuracy);
            registry.createVersion(
                    new NewVersion(
                            "iris",
                            "runs:/" + run + "/model",
                            stores.runs().get(run).info().artifactUri() + "/model",
                            run,
                            null,
                            null,
                            List.of(),
                            accuracy > 0.9
                                    ? new VersionFacts.MlmodelSummary(true, List.of("python_function", "sklearn"))
                                    : null),
                    by(ANN));
        }
    }

    @AfterEach
    void verifyAndClose() {
        var verification = new AuditVerifier().addAnchor(stores.audit().getHead(), "the log's end");
        stores.audit()
                .search(new AuditApi.SearchAuditLogRequest(null, null, null, null, null, null, true, null, null), 1000)
                .items()
                .forEach(verification::accept);
        stores.close();
        assertEquals(List.of(), verification.finish());
    }

    private void version(String name, String run) {
        String location = stores.runs().get(run).info().artifactUri() + "/model";
        registry.createVersion(new NewVersion(name, location, location, run, null, null, List.of(), null), by(EVE));
    }

    private void log(String run, double accuracy) {
        stores.runs()
                .logBatch(
                        run,
                        List.of(new Metric("accuracy", accuracy, clock.incrementAndGet(), 0L)),
                        List.of(),
                        List.of());
    }

    private ChangeContext by(Caller caller) {
        return new ChangeContext(caller, clock.get());
    }

    private static Gate quality(String models, String alias, String stage, String require) {
        return new Gate("quality", models, alias, stage, require, null, null);
    }

    private static Gate signOff(long required, List<String> from, boolean opens) {
        return new Gate(
                "sign-off",
                "iris",
                "champion",
                null,
                null,
                new Gate.ApprovalRequirement(required, from, "1h", opens),
                null);
    }

    private void apply(Gate... all) {
        gates.apply(new GateApi.ApplyGatesRequest(List.of(all), null, null), ANN);
    }

    private void setChampion(long version) {
        registry.setAlias("iris", "champion", version, null, by(ANN));
    }

    private String holder() {
        return store.get("iris").aliases().stream()
                .filter(a -> a.alias().equals("champion"))
                .map(a -> a.version())
                .findFirst()
                .orElse("none");
    }

    private static String denied(Executable attempt) {
        KirokuException e = assertThrows(KirokuException.class, attempt);
        assertEquals(ErrorCode.PERMISSION_DENIED, e.code(), e.getMessage());
        return e.getMessage();
    }

    private ApprovalRequest request(long version) {
        return approvals
                .open(
                        new ApprovalApi.CreateApprovalRequest(
                                "iris", Long.toString(version), "champion", null, null, "please"),
                        ANN)
                .approvalRequest();
    }

    private ApprovalRequest approve(long id, Caller who) {
        return approvals
                .approve(new ApprovalApi.ApprovalActionRequest(id, "ok"), who)
                .approvalRequest();
    }

    private ApprovalRequest get(long id) {
        return approvals.get(new ApprovalApi.GetApprovalRequest(id)).approvalRequest();
    }

    @Test
    void failingVersionsGetNeitherAliasNorStage() {
        apply(
                quality("iris", "champion", null, "metrics.accuracy >= 0.9"),
                new Gate(
                        "stage",
                        "*",
                        null,
                        "Production",
                        "metrics.accuracy >= 0.9 AND version.flavor = 'sklearn'",
                        null,
                        null));
        assertTrue(denied(() -> setChampion(1)).contains("0.1 below 0.9"));
        assertTrue(denied(() -> registry.transitionStage("iris", 1, Stage.PRODUCTION, true, by(EVE)))
                .contains("unknown whether the version has a flavor"));
        registry.setAlias("iris", "challenger", 1, null, by(ANN)); // not gated
        registry.transitionStage("iris", 1, Stage.STAGING, false, by(ANN));
        setChampion(2);
        registry.transitionStage("iris", 2, Stage.PRODUCTION, true, by(ANN));
        assertEquals("2", holder());
        assertEquals("Production", store.getVersion("iris", 2).currentStage());
    }

    private static Gate frozen(String models, String alias, String stage, String require) {
        return new Gate("frozen", models, alias, stage, require, null, null, true);
    }

    @Test
    void frozenRunsKeepWhatTheGateJudged() {
        stores.runs()
                .logBatch("run92", List.of(), List.of(new KeyValue("depth", "3")), List.of(new KeyValue("team", "a")));
        stores.runs().logBatch("run95", List.of(), List.of(), List.of(new KeyValue("team", "a")));
        setChampion(2);
        apply(frozen("iris", "champion", null, "metrics.accuracy >= 0.9 AND tags.team = 'a' AND params.n IS NULL"));
        assertTrue(denied(() -> log("run92", 0.1))
                .contains("Metric 'accuracy' of run run92 cannot be changed: gate 'frozen' freezes it while alias "
                        + "'champion' of model 'iris' points at version 2"));
        denied(() -> stores.runs().logBatch("run92", List.of(), List.of(new KeyValue("n", "1")), List.of()));
        denied(() -> stores.runs().logBatch("run92", List.of(), List.of(), List.of(new KeyValue("team", "b"))));
        denied(() -> stores.runs().updateTag("run92", "team", before -> "b"));
        denied(() -> stores.runs().deleteTag("run92", "team"));
        denied(() -> stores.runs().setLifecycleStage("run92", LifecycleStage.DELETED, 5));
        denied(() -> stores.experiments().setLifecycleStage(0, LifecycleStage.DELETED, 5));
        stores.runs()
                .logBatch(
                        "run92",
                        List.of(new Metric("loss", 0.1, 1L, 0L)),
                        List.of(new KeyValue("other", "1")),
                        List.of(new KeyValue("other", "1")));
        stores.runs().update("run92", RunStatus.FINISHED, 5L, "another name");
        log("run80", 0.5);
        setChampion(3);
        log("run92", 0.1); // the alias has moved on
        denied(() -> log("run95", 0.1));
        apply(quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        log("run95", 0.91); // the gate does not freeze any more
        registry.transitionStage("iris", 3, Stage.PRODUCTION, false, by(ANN));
        apply(frozen("iris", null, "Production", "tags.mlflow.runName != 'x' AND metrics.accuracy >= 0.9"));
        denied(() -> log("run95", 0.1));
        denied(() -> stores.runs().update("run95", null, null, "x"));
        registry.rename("iris", "rose", by(ANN));
        log("run95", 0.1); // the gate protects no model of that name
    }

    @Test
    void tagsOfTheVersionThatAGateReadsAreFrozenToo() {
        registry.setVersionTag("iris", 2, new KeyValue("status", "approved"), by(ANN));
        registry.setVersionTag("iris", 3, new KeyValue("status", "approved"), by(ANN));
        setChampion(2);
        apply(frozen("iris", "champion", null, "version.tags.status = 'approved' AND metrics.accuracy >= 0.9"));
        assertTrue(denied(() -> registry.setVersionTag("iris", 2, new KeyValue("status", "no"), by(EVE)))
                .contains(
                        "Tag 'status' of version 2 of model 'iris' cannot be changed: gate 'frozen' freezes it while alias"
                                + " 'champion' points at the version."));
        denied(() -> registry.deleteVersionTag("iris", 2, "status", by(EVE)));
        registry.setVersionTag("iris", 2, new KeyValue("note", "no gate reads it"), by(EVE));
        registry.setVersionTag("iris", 3, new KeyValue("status", "no champion"), by(EVE));
        registry.setVersionTag("iris", 3, new KeyValue("status", "approved"), by(EVE));
        setChampion(3);
        registry.deleteVersionTag("iris", 2, "status", by(EVE));
        registry.transitionStage("iris", 3, Stage.PRODUCTION, false, by(ANN));
        apply(frozen("iris", null, "Production", "version.tags.status = 'approved'"));
        denied(() -> registry.deleteVersionTag("iris", 3, "status", by(EVE)));
        apply(quality("iris", null, "Production", "version.tags.status = 'approved'"));
        registry.deleteVersionTag("iris", 3, "status", by(EVE)); // the gate does not freeze any more
    }

    @Test
    void gatesWithApprovalsFreezeAllMetrics() {
        setChampion(2);
        apply(new Gate(
                "sign-off",
                "iris",
                "champion",
                null,
                null,
                new Gate.ApprovalRequirement(1L, List.of(), null, null),
                null,
                true));
        denied(() -> log("run92", 0.93));
        denied(() -> stores.runs().logBatch("run92", List.of(new Metric("x", 1.0, 1L, 0L)), List.of(), List.of()));
        stores.runs().logBatch("run92", List.of(), List.of(new KeyValue("x", "1")), List.of(new KeyValue("x", "1")));
    }

    /** While several people log to the runs and assign the names, what the gates judged remains true of each holder. */
    @Test
    void whatGatesJudgedRemainsTrue() throws Exception {
        String require = "metrics.accuracy >= 0.5 AND tags.status = 'ok'";
        apply(
                new Gate("alias", "iris*", "champion", null, require, null, null, true),
                new Gate("stage", "iris*", null, "Production", require, null, null, true));
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = IntStream.range(0, 6)
                    .mapToObj(i -> people.submit(() -> act(new Random(i))))
                    .toList();
            int assignments = 0;
            for (Future<Integer> each : all) {
                assignments += each.get();
            }
            assertTrue(assignments > 5, assignments + " assignments");
        }
        for (String name : List.of("iris", "iris-b")) {
            assertHoldersPass(name);
        }
    }

    /** Performs random operations; returns how many assignments succeeded. */
    private int act(Random random) {
        List<String> runs = List.of("run80", "run92", "run95");
        int assignments = 0;
        for (int i = 0; i < 150; i++) {
            String run = runs.get(random.nextInt(3));
            String name = random.nextBoolean() ? "iris-b" : "iris";
            long version = 1 + random.nextInt(3);
            try {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> log(run, (3 + random.nextInt(7)) / 10.0);
                    case 3 ->
                        stores.runs()
                                .logBatch(
                                        run,
                                        List.of(),
                                        List.of(),
                                        List.of(new KeyValue("status", random.nextInt(5) == 0 ? "bad" : "ok")));
                    case 4 -> stores.runs().deleteTag(run, random.nextInt(3) == 0 ? "status" : "other");
                    case 5 -> registry.deleteAlias(name, "champion", null, by(EVE));
                    case 6 ->
                        registry.transitionStage(name, version, Stage.values()[random.nextInt(4)], false, by(EVE));
                    case 7 -> {
                        if (random.nextInt(3) == 0) {
                            registry.rename(name, name.equals("iris") ? "iris-b" : "iris", by(EVE));
                        }
                    }
                    default -> {
                        registry.setAlias(name, "champion", version, null, by(EVE));
                        assignments++;
                    }
                }
            } catch (KirokuException e) {
                assertTrue(e.code().httpStatus() < 500, e.toString()); // refused, not there, or disturbed by the others
            }
        }
        return assignments;
    }

    private void assertHoldersPass(String name) {
        List<GateApi.CheckGatesRequest> held = store.inSnapshot(snapshot -> {
            ModelRow model = snapshot.findModel(name).orElse(null);
            if (model == null) {
                return List.of();
            }
            return Stream.of(GateTarget.alias("champion"), GateTarget.stage(Stage.PRODUCTION))
                    .filter(target -> snapshot.findHolder(model, target) != 0)
                    .map(target -> new GateApi.CheckGatesRequest(
                            name,
                            Long.toString(snapshot.findHolder(model, target)),
                            target.isAlias() ? target.name() : null,
                            target.isAlias() ? null : target.name()))
                    .toList();
        });
        for (GateApi.CheckGatesRequest each : held) {
            assertTrue(gates.check(each).passed(), () -> each + ": " + gates.check(each));
        }
    }

    @Test
    void rolesApproveWhileTheyAreHeld() {
        stores.users().add("max", null, false, List.of("qa"), by(ANN));
        stores.users().add("eve", null, false, List.of(), by(ANN));
        long role = stores.access().createRole("approvers", null, by(ANN)).id();
        stores.access().assign(role, Principal.group("qa"), by(ANN));
        apply(signOff(2, List.of("role:approvers", "group:leads"), false));
        Caller max = new Caller("max", Set.of("qa"), "r5");
        long id = request(2).id();
        denied(() -> approve(id, EVE));
        assertEquals(1, approve(id, max).pending().getFirst().given(), "by the role of a group");
        stores.access().assign(role, Principal.user("eve"), by(ANN));
        stores.access().unassign(role, Principal.group("qa"), by(ANN));
        assertEquals(State.OPEN, approve(id, EVE).state(), "the group has lost the role");
        stores.access().assign(role, Principal.group("qa"), by(ANN));
        stores.users().updateGroups("max", List.of(), List.of("qa"), by(ANN));
        assertEquals(1, get(id).pending().getFirst().given(), "max has left the group with the role");
        assertEquals(State.APPROVED, approve(id, LEAD).state());
        assertEquals("2", holder());
    }

    @Test
    void approvalsOfDisabledUsersDoNotCount() {
        stores.users().add("max", null, false, List.of(), by(ANN));
        apply(signOff(2, List.of(), false));
        long id = request(2).id();
        assertEquals(
                1, approve(id, new Caller("max", "r5")).pending().getFirst().given());
        stores.users().setDisabled("max", true, by(ANN));
        assertEquals(0, get(id).pending().getFirst().given());
        assertEquals(State.OPEN, approve(id, LEAD).state());
        stores.users().setDisabled("max", false, by(ANN));
        assertEquals(0, get(id).pending().size(), "they count again");
    }

    @Test
    void conditionsUseTheLatestMetrics() {
        apply(quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        denied(() -> setChampion(1));
        log("run80", 0.91);
        setChampion(1);
        log("run92", 0.5);
        denied(() -> setChampion(2));
    }

    @Test
    void slowConditionsHoldUpNoOtherWrite() throws Exception {
        registry.setVersionTag("iris", 2, new KeyValue("long", "a".repeat(100_000)), by(ANN));
        apply(IntStream.range(0, 100)
                .mapToObj(i -> new Gate(
                        "slow" + i,
                        "iris",
                        "champion",
                        null,
                        "version.tags.long LIKE '%" + "a".repeat(9000) + "b%'",
                        null,
                        null))
                .toArray(Gate[]::new));
        var assignment = new FutureTask<>(() -> denied(() -> setChampion(2)));
        Thread.ofVirtual().start(assignment);
        int writes = 0;
        while (!assignment.isDone()) {
            log("run80", 0.5);
            writes++;
        }
        assertTrue(assignment.get().contains("gate 'slow99' requires"));
        assertTrue(writes >= 20, writes + " writes while the conditions were evaluated");
    }

    @Test
    void relativeConditionsCompareWithTheHolder() {
        apply(quality("iris", "champion", null, "metrics.accuracy >= champion.metrics.accuracy - 0.005"));
        setChampion(2); // there is no champion yet
        assertTrue(denied(() -> setChampion(1)).contains("version 2 of alias 'champion' has 0.92"));
        setChampion(3);
        denied(() -> setChampion(2));
    }

    @Test
    void renamingDoesNotBypassGates() {
        apply(quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        registry.rename("iris", "other", by(EVE)); // the guarded alias points at no version
        registry.setAlias("other", "champion", 1, null, by(EVE));
        assertTrue(denied(() -> registry.rename("other", "iris", by(EVE))).contains("cannot be renamed"));
        registry.deleteAlias("other", "champion", null, by(EVE));
        registry.rename("other", "iris", by(EVE));
        setChampion(2);
        registry.rename("iris", "other", by(EVE)); // the alias of iris points at nothing now, as if it had been deleted
        assertThrows(KirokuException.class, () -> store.getVersionByAlias("iris", "champion"));
    }

    @Test
    void relativeConditionsCompareWithTheLastHolder() {
        apply(quality("*", "champion", null, "metrics.accuracy >= champion.metrics.accuracy - 0.005"));
        setChampion(3);
        registry.deleteAlias("iris", "champion", null, by(EVE));
        assertTrue(denied(() -> setChampion(1)).contains("version 3 of alias 'champion' has 0.95"));
        setChampion(3);
        registry.deleteVersion("iris", 3, by(EVE));
        denied(() -> setChampion(2));
        registry.delete("iris", by(EVE));
        registry.create("iris", null, List.of(), by(EVE));
        version("iris", "run80");
        denied(() -> setChampion(1));
        registry.create("other", null, List.of(), by(EVE));
        version("other", "run80");
        registry.setAlias("other", "champion", 1, null, by(EVE));
        registry.delete("iris", by(EVE));
        assertTrue(denied(() -> registry.rename("other", "iris", by(EVE))).contains("0.145 below 0.945"));
    }

    @Test
    void sourcesMustBelongToTheRunWhateverTheCaseOfTheScheme() {
        var api = new Registry(
                store,
                stores.runs(),
                stores.loggedModels(),
                new MlmodelReader(null),
                () -> Instant.ofEpochMilli(clock.get()));
        for (String source : List.of(
                "FILE:///etc/passwd",
                "File:///x",
                "MLFLOW-ARTIFACTS:/0/other/artifacts",
                "RUNS:/run80/model",
                "HTTPS://h/x",
                "hdfs://h/x",
                "ABFSS://c@h/x",
                "mlflow-artifacts://h/x",
                "s3://key:secret@bucket/x")) {
            KirokuException e =
                    assertThrows(KirokuException.class, () -> api.createVersion(request(source), EVE), source);
            assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, e.code(), source);
        }
        String version = api.createVersion(request("RUNS:/run95/model"), EVE)
                .modelVersion()
                .version();
        apply(quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        setChampion(Long.parseLong(version));
    }

    private static RegistryApi.CreateModelVersionRequest request(String source) {
        return new RegistryApi.CreateModelVersionRequest("iris", source, "run95", List.of(), null, null, null);
    }

    @Test
    void evidenceIsTheVersionsOwn() {
        apply(quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        registry.createVersion(
                new NewVersion("iris", "s3://b/bad", "s3://b/bad", "run95", null, null, List.of(), null), by(EVE));
        assertTrue(denied(() -> setChampion(4)).contains("artifacts of the version are not of run run95"));
    }

    @Test
    void versionsBelowATrustedRootHaveTheResultsOfTheirRun() {
        apply(quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        for (String source : List.of("s3://trusted/models2/m", "s3://trusted/m", "s3://trusted/Models/m")) {
            long version = create(source);
            assertTrue(
                    denied(() -> setChampion(version)).contains("artifacts of the version are not of run run95"),
                    source);
        }
        setChampion(create("s3://trusted/models/m"));
        setChampion(create("s3://trusted/models"));
    }

    private long create(String source) {
        return Long.parseLong(registry.createVersion(
                        new NewVersion("iris", source, source, "run95", null, null, List.of(), null), by(EVE))
                .version());
    }

    @Test
    void deletionDoesNotBypassApprovals() {
        setChampion(2);
        registry.transitionStage("iris", 3, Stage.PRODUCTION, false, by(ANN));
        apply(
                signOff(1, List.of(), false),
                new Gate(
                        "stage",
                        "iris",
                        null,
                        "Production",
                        null,
                        new Gate.ApprovalRequirement(1L, List.of(), null, null),
                        null));
        denied(() -> registry.deleteAlias("iris", "champion", null, by(EVE)));
        denied(() -> registry.deleteVersion("iris", 2, by(EVE)));
        denied(() -> registry.deleteVersion("iris", 3, by(EVE)));
        denied(() -> registry.delete("iris", by(EVE)));
        denied(() -> registry.rename("iris", "other", by(EVE)));
        denied(() -> registry.transitionStage("iris", 3, Stage.ARCHIVED, false, by(EVE)));
        denied(() -> registry.transitionStage("iris", 1, Stage.PRODUCTION, true, by(EVE)));
        registry.deleteVersion("iris", 1, by(EVE));

        var deletion = approvals
                .open(new ApprovalApi.CreateApprovalRequest("iris", null, "champion", null, null, null), ANN)
                .approvalRequest();
        assertEquals(State.APPROVED, approve(deletion.id(), BOB).state());
        assertEquals("none", holder());
        var out = approvals
                .open(new ApprovalApi.CreateApprovalRequest("iris", "3", null, "Archived", null, null), ANN)
                .approvalRequest();
        assertEquals(State.APPROVED, approve(out.id(), BOB).state());
        assertEquals("Archived", store.getVersion("iris", 3).currentStage());
        registry.delete("iris", by(EVE));
    }

    @Test
    void requiredApprovalsApplyTheChange() {
        apply(signOff(2, List.of("bob", "group:leads"), false));
        assertTrue(denied(() -> setChampion(2))
                .endsWith("To request it: kiroku approvals request --name iris --version 2 --alias champion"));
        long id = request(2).id();
        assertTrue(denied(() -> approve(id, ANN)).contains("must be approved by others"));
        assertTrue(denied(() -> approve(id, EVE)).contains("bob, group:leads"));
        denied(() -> approve(id, Caller.anonymous("r")));
        approvals.comment(new ApprovalApi.ApprovalActionRequest(id, "looks good"), EVE);
        assertEquals(
                List.of(1L),
                approve(id, BOB).pending().stream()
                        .map(ApprovalRequest.PendingGate::given)
                        .toList());
        assertEquals(State.OPEN, approve(id, BOB).state()); // a second vote does not count
        assertEquals("none", holder());
        ApprovalRequest done = approve(id, LEAD);
        assertEquals(State.APPROVED, done.state());
        assertEquals("2", holder());
        setChampion(2); // changes nothing, so it is permitted
        assertThrows(KirokuException.class, () -> approve(id, BOB));
        AuditEntry set = stores.audit()
                .search(
                        new AuditApi.SearchAuditLogRequest(null, "alias.set", null, null, null, null, null, null, null),
                        1)
                .items()
                .getFirst();
        assertEquals("lea {\"approval\":" + id + ",\"version\":2}", set.actor() + " " + set.after());
    }

    @Test
    void refusalOpensTheRequestIfTheGateAllows() {
        apply(signOff(1, List.of(), true), quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        assertTrue(denied(() -> setChampion(1)).contains("0.1 below"), "no request is opened if conditions fail");
        String first = denied(() -> setChampion(2));
        assertEquals(first, denied(() -> setChampion(2)), "the same attempt finds the same request");
        var open = approvals
                .search(new ApprovalApi.SearchApprovalsRequest("iris", State.OPEN, null, null, null), ANN)
                .approvalRequests();
        assertEquals(1, open.size());
        assertTrue(first.endsWith("kiroku approvals wait " + open.getFirst().id()), first);
        assertEquals(State.APPROVED, approve(open.getFirst().id(), EVE).state());
        assertEquals("2", holder());
    }

    @Test
    void changedEvidenceInvalidatesTheRequest() {
        apply(signOff(1, List.of(), false), quality("iris", "champion", null, "metrics.accuracy >= 0.9"));
        long metrics = request(2).id();
        log("run92", 0.93);
        assertThrows(KirokuException.class, () -> approve(metrics, BOB));
        assertEquals(State.INVALIDATED, get(metrics).state());

        long first = request(2).id();
        long second = request(3).id();
        approve(first, BOB);
        assertEquals(State.INVALIDATED, get(second).state());
        assertTrue(
                get(second).reason().contains("has changed since"), get(second).reason());

        long stricter = request(3).id();
        apply(signOff(1, List.of(), false), quality("iris", "champion", null, "metrics.accuracy >= 0.99"));
        ApprovalRequest refused = approve(stricter, BOB);
        assertEquals(State.INVALIDATED, refused.state());
        assertTrue(refused.reason().contains("0.04 below 0.99"), refused.reason());
        assertEquals("2", holder());

        apply(signOff(1, List.of(), false));
        long late = request(3).id();
        clock.addAndGet(3_600_000);
        assertEquals(State.EXPIRED, get(late).state());
        assertThrows(KirokuException.class, () -> approve(late, BOB));

        long gone = request(3).id();
        registry.deleteVersion("iris", 3, by(ANN));
        assertEquals(State.INVALIDATED, get(gone).state());
    }

    @Test
    void searchClosesExpiredRequests() {
        apply(signOff(1, List.of(), false));
        long overtaken = request(2).id();
        long other = request(3).id();
        log("run92", 0.93);
        assertEquals(List.of(other), found(State.OPEN));
        assertEquals(List.of(overtaken), found(State.INVALIDATED));
        clock.addAndGet(3_600_000);
        assertEquals(List.of(other), found(State.EXPIRED));
        assertEquals(List.of(), found(State.OPEN));
        var closed = stores.audit()
                .search(
                        new AuditApi.SearchAuditLogRequest(
                                "kiroku", "approval.close", null, null, null, null, null, null, null),
                        10)
                .items();
        assertEquals(2, closed.size(), "each once");

        long nobodyLooks = request(3).id();
        clock.addAndGet(3_600_000);
        approvals.closeEnded();
        assertEquals(
                "approvals/" + nobodyLooks,
                stores.audit()
                        .search(
                                new AuditApi.SearchAuditLogRequest(
                                        "kiroku", "approval.close", null, null, null, null, null, null, null),
                                1)
                        .items()
                        .getFirst()
                        .subject());
    }

    private List<Long> found(State state) {
        return approvals
                .search(new ApprovalApi.SearchApprovalsRequest("iris", state, null, null, null), ANN)
                .approvalRequests()
                .stream()
                .map(ApprovalRequest::id)
                .toList();
    }

    @Test
    void onlyEntitledCallersRejectOrWithdraw() {
        apply(signOff(1, List.of("bob"), false));
        long one = request(2).id();
        denied(() -> approvals.withdraw(new ApprovalApi.ApprovalActionRequest(one, null), BOB));
        denied(() -> approvals.reject(new ApprovalApi.ApprovalActionRequest(one, null), EVE));
        assertEquals(
                State.REJECTED,
                approvals
                        .reject(new ApprovalApi.ApprovalActionRequest(one, "no"), BOB)
                        .approvalRequest()
                        .state());
        long two = request(2).id();
        assertEquals(
                State.WITHDRAWN,
                approvals
                        .withdraw(new ApprovalApi.ApprovalActionRequest(two, null), ANN)
                        .approvalRequest()
                        .state());
        long three = request(2).id();
        approvals.withdraw(
                new ApprovalApi.ApprovalActionRequest(three, null), new Caller("root", Set.of(Caller.ADMINS), "r"));
        assertThrows(
                KirokuException.class,
                () -> approvals.open(
                        new ApprovalApi.CreateApprovalRequest("iris", "2", "challenger", null, null, null), ANN));
        assertEquals(
                3,
                approvals
                        .search(new ApprovalApi.SearchApprovalsRequest(null, null, "ann", null, null), ANN)
                        .approvalRequests()
                        .size());
    }

    @Test
    void gatesAreReplacedAtomicallyAtTheExpectedRevision() {
        Gate first = quality("iris", "champion", null, "metrics.accuracy >= 0.9");
        var dry = gates.apply(new GateApi.ApplyGatesRequest(List.of(first), null, true), ANN);
        assertEquals(
                List.of(), gates.list(new dev.kiroku.model.api.Empty(), ANN).gates());
        var applied = gates.apply(
                new GateApi.ApplyGatesRequest(List.of(first, signOff(1, List.of("bob"), true)), null, null), ANN);
        assertEquals(2, applied.changes().size());
        assertEquals(
                applied.revision(),
                gates.list(new dev.kiroku.model.api.Empty(), ANN).revision());
        KirokuException e = assertThrows(
                KirokuException.class,
                () -> gates.apply(new GateApi.ApplyGatesRequest(List.of(), dry.revision(), null), ANN));
        assertEquals(ErrorCode.RESOURCE_CONFLICT, e.code());
        assertEquals(
                0,
                gates.apply(
                                new GateApi.ApplyGatesRequest(
                                        List.of(signOff(1, List.of("bob"), true), first), applied.revision(), null),
                                ANN)
                        .changes()
                        .size());
        var last = gates.apply(
                new GateApi.ApplyGatesRequest(
                        List.of(quality("*", "champion", null, "metrics.accuracy >= 0.5")), null, null),
                ANN);
        assertEquals(
                List.of("quality", "sign-off"),
                last.changes().stream().map(GateApi.GateChange::name).toList());
        for (Gate wrong : List.of(
                quality("iris", null, null, "metrics.a > 1"),
                quality("iris", "a", "Production", "metrics.a > 1"),
                quality("iris", "a", null, "metrics.a"),
                quality("iris", "a", null, null),
                quality("iris", null, "Somewhere", "metrics.a > 1"),
                signOff(0, List.of(), false),
                signOff(2, List.of("bob"), false))) {
            assertThrows(KirokuException.class, () -> apply(wrong), wrong.toString());
        }
    }

    @Test
    void dryRunReportsWithoutChanging() {
        apply(
                quality("iris", "champion", null, "metrics.accuracy >= 0.9 AND version.has_signature"),
                signOff(1, List.of(), true));
        var failed = gates.check(new GateApi.CheckGatesRequest("iris", "1", null, null));
        assertEquals(
                List.of(false, true),
                failed.gates().stream().map(g -> g.passed()).toList());
        assertEquals("0.8", failed.gates().getFirst().conditions().getFirst().seen());
        assertTrue(gates.check(new GateApi.CheckGatesRequest("iris", "2", "champion", null))
                .passed());
        assertTrue(gates.check(new GateApi.CheckGatesRequest("iris", "1", null, "Staging"))
                .passed());
        assertEquals("none", holder());
        assertEquals(
                0,
                approvals
                        .search(new ApprovalApi.SearchApprovalsRequest(null, null, null, null, null), ANN)
                        .approvalRequests()
                        .size());
    }
}
