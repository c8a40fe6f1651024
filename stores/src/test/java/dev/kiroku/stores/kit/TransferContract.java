package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.transfer.AccountRecords;
import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.ImportStore;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.core.transfer.RoleRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferBatch;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.core.transfer.UserRecord;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.model.transfer.ServerImport.State;
import dev.kiroku.model.transfer.ServerImport.Summary;
import dev.kiroku.model.transfer.ServerImportApi.Origin;
import dev.kiroku.stores.Stores;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Imports on one database. */
abstract class TransferContract {
    private static final long EXPERIMENT = 41;

    protected abstract Stores stores();

    private TransferStore transfer() {
        return stores().transfer();
    }

    private static ExperimentRecord experiment(long id, String name) {
        return new ExperimentRecord(
                id,
                name,
                "s3://bucket/" + id,
                LifecycleStage.ACTIVE,
                100,
                200,
                List.of(new KeyValue("team", "vision")));
    }

    private static RunRecord run(String id, RunStatus status, List<KeyValue> tags) {
        return new RunRecord(
                id,
                EXPERIMENT,
                "name of " + id,
                "ann",
                status,
                1_000,
                status.isTerminal() ? 2_000L : null,
                LifecycleStage.DELETED,
                3_000L,
                "s3://bucket/41/" + id + "/artifacts",
                List.of(new KeyValue("lr", "0.1"), new KeyValue("depth", "3")),
                tags,
                List.of(new DatasetInput(
                        List.of(new KeyValue("mlflow.data.context", "training")),
                        new Dataset("iris", "d1", "http", "{}", "{\"a\":1}", null))),
                List.of(new ModelInput("m-1")),
                List.of(new ModelOutput("m-2", 7L)),
                RunRecord.UNKNOWN);
    }

    private static MetricPoints series(String key, int from, int to) {
        long[] steps = LongStream.range(from, to).toArray();
        double[] values = DoubleStream.iterate(from, v -> v + 1)
                .limit((long) to - from)
                .map(v -> v * 0.5)
                .toArray();
        return new MetricPoints(key, steps.clone(), steps, values);
    }

    private TransferResult apply(RunRecord run, boolean compare, MetricPoints... series) {
        return transfer()
                .apply(TransferBatch.ofRuns(List.of(run), List.of(new RunMetrics(run.id(), List.of(series), compare))));
    }

    private long countBlocks() {
        return stores().database()
                .read(tx -> tx.queryLong(dev.kiroku.stores.dialect.Sql.of("select count(*) from metric_blocks"))
                        .orElseThrow());
    }

    @Test
    void locationsOfArtifactsChange() {
        transfer().apply(TransferBatch.ofExperiments(List.of(experiment(EXPERIMENT, "moved"))));
        apply(run("r9", RunStatus.FINISHED, List.of()), false);
        transfer()
                .apply(TransferBatch.ofLoggedModels(List.of(new LoggedModelRecord(
                        "m-9",
                        EXPERIMENT,
                        "net",
                        "s3://bucket/41/models/m-9/artifacts",
                        1,
                        1,
                        LoggedModelStatus.LOGGED_MODEL_READY,
                        LifecycleStage.ACTIVE,
                        null,
                        "r9",
                        null,
                        List.of(),
                        List.of(),
                        List.of()))));
        transfer()
                .apply(TransferBatch.ofRegisteredModels(List.of(new RegisteredModelRecord(
                        "net of r9",
                        null,
                        1,
                        1,
                        2,
                        List.of(),
                        List.of(
                                new RegisteredModelRecord.Version(
                                        1, 1, 1, null, Stage.NONE, "s3://a", "s3://a", "r9", null, List.of()),
                                new RegisteredModelRecord.Version(
                                        2, 1, 1, null, Stage.NONE, "s3://b", "s3://b", "r9", null, List.of())),
                        List.of()))));
        RelocationStore relocations = stores().relocations();
        assertEquals(
                "s3://bucket/41/r9/artifacts", stores().runs().get("r9").info().artifactUri());
        relocations.relocate(List.of(
                new ArtifactRelocation.OfExperiment(EXPERIMENT, "new:/41"),
                new ArtifactRelocation.OfRun("r9", "new:/41/r9"),
                new ArtifactRelocation.OfRun("none", "new:/none"),
                new ArtifactRelocation.OfLoggedModel("m-9", "new:/41/m-9"),
                new ArtifactRelocation.OfVersion("net of r9", 2, "new:/source", "new:/storage")));
        assertEquals("new:/41", stores().experiments().get(EXPERIMENT).artifactLocation());
        assertEquals("new:/41/r9", stores().runs().get("r9").info().artifactUri());
        assertEquals(
                "new:/41/m-9", stores().loggedModels().get("m-9", false).info().artifactUri());
        assertEquals(
                "new:/source", stores().registry().getVersion("net of r9", 2).source());
        assertEquals("new:/storage", stores().registry().getStorageLocation("net of r9", 2));
        assertEquals("s3://a", stores().registry().getStorageLocation("net of r9", 1));
        assertEquals(
                Map.of("r9", new RelocationStore.StoredLocation(EXPERIMENT, "new:/41/r9")),
                relocations.findRuns(List.of("r9", "none")));
        assertEquals(
                Map.of("m-9", new RelocationStore.StoredLocation(EXPERIMENT, "new:/41/m-9")),
                relocations.findLoggedModels(List.of("m-9", "none")));
        assertEquals(Map.of(EXPERIMENT, "new:/41"), relocations.findExperiments(List.of(EXPERIMENT, 999_999L)));
        assertEquals(
                Map.of(
                        1L, new RelocationStore.StoredVersion(1, "s3://a", "s3://a"),
                        2L, new RelocationStore.StoredVersion(1, "new:/source", "new:/storage")),
                relocations.findVersions("net of r9"));
        assertEquals(Map.of(), relocations.findVersions("none"));
    }

    @Test
    void takesARunAsItIs() {
        transfer().apply(TransferBatch.ofExperiments(List.of(experiment(EXPERIMENT, "moved"))));
        RunRecord record = run("r1", RunStatus.KILLED, List.of(new KeyValue("mlflow.parentRunId", "r0")));
        MetricPoints odd =
                new MetricPoints("odd", new long[] {5, 5, 6, 7, 5}, new long[] {-1, -1, 3, 2, -1}, new double[] {
                    Double.NaN, 1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1
                });
        apply(record, false, series("loss", 0, 10_000), odd);

        Run run = stores().runs().get("r1");
        assertEquals("41", run.info().experimentId());
        assertEquals(RunStatus.KILLED, run.info().status());
        assertEquals(2_000L, run.info().endTime());
        assertEquals("deleted", run.info().lifecycleStage());
        assertEquals("ann", run.info().userId());
        assertEquals(
                List.of("3", "0.1"),
                run.data().params().stream()
                        .map(KeyValue::value)
                        .sorted(java.util.Comparator.reverseOrder())
                        .toList());
        assertEquals("r0", run.data().tags().getFirst().value());
        assertEquals(record.datasets(), run.inputs().datasetInputs());
        assertEquals(record.modelInputs(), run.inputs().modelInputs());
        assertEquals(record.modelOutputs(), run.outputs().modelOutputs());
        List<Metric> loss =
                stores().runs().getMetricHistory("r1", "loss", 0, null).items();
        assertEquals(10_000, loss.size());
        assertEquals(4999.5, loss.getLast().value());
        assertEquals(
                List.of(1.0, Double.NaN, Double.MAX_VALUE, -Double.MAX_VALUE),
                stores().runs().getMetricHistory("r1", "odd", 0, null).items().stream()
                        .map(Metric::value)
                        .sorted(java.util.Comparator.comparing(
                                (Double v) -> Math.abs(v) == 1 ? 0 : v.isNaN() ? 1 : v > 0 ? 2 : 3))
                        .toList());
        Metric latest = run.data().metrics().stream()
                .filter(metric -> metric.key().equals("odd"))
                .findFirst()
                .orElseThrow();
        assertEquals(3, latest.step());
        assertEquals(4, countBlocks(), "10,000 points in blocks of 4096, and one for the small metric");
        var experiment = stores().experiments().get(EXPERIMENT);
        assertEquals(100, experiment.creationTime());
        assertEquals("s3://bucket/41", experiment.artifactLocation());
    }

    @Test
    void takingABatchTwiceChangesNothing() {
        transfer().apply(TransferBatch.ofExperiments(List.of(experiment(EXPERIMENT, "moved"))));
        RunRecord record = run("r1", RunStatus.FINISHED, List.of());
        assertEquals(500, apply(record, true, series("loss", 0, 500)).added(RecordKind.METRIC_POINT));
        Run before = stores().runs().get("r1");
        TransferResult again = apply(record, true, series("loss", 0, 500));
        assertEquals(new TransferResult.Count(RecordKind.RUN, 0, 0, 1), again.count(RecordKind.RUN));
        assertEquals(
                new TransferResult.Count(RecordKind.METRIC_POINT, 0, 0, 500), again.count(RecordKind.METRIC_POINT));
        assertEquals(before, stores().runs().get("r1"));
        assertEquals(
                500,
                transfer()
                        .findRuns(List.of(record, run("r2", RunStatus.FINISHED, List.of())))
                        .get("r1")
                        .points());
    }

    @Test
    void aLaterImportBringsWhatIsNewAndKeepsChangesMadeHere() {
        transfer().apply(TransferBatch.ofExperiments(List.of(experiment(EXPERIMENT, "moved"))));
        RunRecord first = run("r1", RunStatus.RUNNING, List.of(new KeyValue("note", "source")));
        apply(first, false, series("loss", 0, 100));
        stores().runs().setLifecycleStage("r1", LifecycleStage.ACTIVE, 9);
        stores().runs().logBatch("r1", List.of(), List.of(), List.of(new KeyValue("note", "here")));
        apply(first, true, series("loss", 0, 150));
        Run kept = stores().runs().get("r1");
        assertEquals("here", kept.data().tags().getFirst().value());
        assertEquals("active", kept.info().lifecycleStage());
        assertEquals(
                150,
                stores().runs().getMetricHistory("r1", "loss", 0, null).items().size());
        assertEquals(149, kept.data().metrics().getFirst().step());

        apply(run("r1", RunStatus.FINISHED, List.of(new KeyValue("note", "finished"))), true);
        Run finished = stores().runs().get("r1");
        assertEquals(RunStatus.FINISHED, finished.info().status());
        assertEquals("finished", finished.data().tags().getFirst().value());
    }

    @Test
    void importedMetricsCanBeSearched() {
        transfer().apply(TransferBatch.ofExperiments(List.of(experiment(EXPERIMENT, "moved"))));
        apply(run("r1", RunStatus.FINISHED, List.of()), false, series("loss", 0, 10));
        stores().runs().setLifecycleStage("r1", LifecycleStage.ACTIVE, 9);
        stores().runs().logBatch("r1", List.of(new Metric("loss", 77, 50, 50)), List.of(), List.of());
        assertEquals(77, stores().runs().get("r1").data().metrics().getFirst().value());
        assertEquals(
                11,
                stores().runs().getMetricHistory("r1", "loss", 0, null).items().size());
    }

    @Test
    void namesConflictsAndTakesTheRest() {
        transfer().apply(TransferBatch.ofExperiments(List.of(experiment(EXPERIMENT, "moved"))));
        TransferBatch batch = TransferBatch.ofExperiments(
                List.of(experiment(42, "moved"), experiment(43, "free"), experiment(EXPERIMENT, "moved")));
        TransferResult check = transfer().check(batch);
        TransferResult result = transfer().apply(batch);
        assertEquals(check, result);
        assertEquals(1, result.conflicts().size());
        assertTrue(result.conflicts().getFirst().reason().contains("--map-experiment 42=41"), result::toString);
        assertEquals(1, result.added(RecordKind.EXPERIMENT));
        long created = stores().experiments()
                .create("later", id -> "s3://b/" + id, List.of(), new dev.kiroku.model.api.Caller("ann", "-"), 5);
        assertTrue(created > 43, "new experiments get ids after the imported ones");

        TransferResult taken = transfer()
                .apply(TransferBatch.ofExperiments(List.of(experiment(43, "other"), experiment(created, "mine"))));
        assertEquals(1, taken.conflicts().size(), "an imported experiment that was renamed in the source is renamed");
        assertTrue(
                taken.conflicts().getFirst().reason().contains("belongs to the experiment 'later'"), taken::toString);
    }

    @Test
    void aRunOfAnUnknownExperimentIsAConflict() {
        RunRecord record = run("r9", RunStatus.FINISHED, List.of());
        TransferResult result = apply(record, false, series("loss", 0, 10));
        assertEquals(RecordKind.RUN, result.conflicts().getFirst().kind());
        assertTrue(transfer().findRuns(List.of(record)).isEmpty());
    }

    @Test
    void takesUsersAndRolesOfASourceOnce() {
        ChangeContext change = new ChangeContext(new Caller("os:root", "-"), 7);
        Grant edit = new Grant(ResourceType.EXPERIMENT, ResourcePattern.exact("7"), PermissionLevel.EDIT);
        Grant read = new Grant(ResourceType.RUN, ResourcePattern.ALL, PermissionLevel.READ);
        AccountRecords records = new AccountRecords(
                "mlflow",
                List.of(
                        new UserRecord("ann", "scrypt:1", true, List.of(edit)),
                        new UserRecord("bob", null, false, List.of())),
                List.of(new RoleRecord("readers", "May read", List.of(read), List.of("ann", "bob"))));
        TransferResult check = stores().accountTransfer().apply(records, true, change);
        assertTrue(stores().users().list().isEmpty(), "a dry run writes nothing");
        assertEquals(check, stores().accountTransfer().apply(records, false, change));
        assertEquals(
                List.of("admins"), stores().users().find("ann").orElseThrow().groups());
        assertEquals(
                "{role:readers={run/*=READ}, user:ann={experiment/7=EDIT}}",
                stores().access().getState().grants().toString());
        assertEquals(
                "[user:ann, user:bob]",
                stores().access().getState().roles().get("readers").members().toString());

        TransferResult again = stores().accountTransfer().apply(records, false, change);
        assertEquals(
                List.of(
                        new TransferResult.Count(RecordKind.USER, 0, 0, 2),
                        new TransferResult.Count(RecordKind.ROLE, 0, 0, 1),
                        new TransferResult.Count(RecordKind.GRANT, 0, 0, 2)),
                again.counts());
        TransferResult other = stores().accountTransfer()
                .apply(new AccountRecords("another", records.users(), records.roles()), false, change);
        assertEquals(3, other.conflicts().size(), other::toString);
    }

    private static ServerImport server(State state, String source, long time) {
        return new ServerImport(
                0L,
                state,
                false,
                source,
                null,
                new ServerImport.Options(List.of("auto", "3=17"), List.of("a=b"), "x-"),
                true,
                "ann",
                time,
                time,
                null,
                ServerImport.Progress.NONE,
                null,
                new Summary(List.of(), List.of(), List.of(), 0L, List.of(), 0L));
    }

    private static ServerImport ended(long id, String source) {
        ServerImport first = server(State.COMPLETED, source, 100);
        return new ServerImport(
                id,
                State.COMPLETED,
                false,
                source,
                "MLflow at " + source,
                first.options(),
                true,
                "ann",
                100L,
                150L,
                150L,
                new ServerImport.Progress(3L, 40L, 3L, null),
                null,
                new Summary(
                        List.of(new ServerImport.Count("RUN", 2L, 1L, 0L)),
                        List.of("7 traces", "secrets"),
                        List.of("line\nbreak"),
                        5L,
                        List.of(),
                        0L));
    }

    @Test
    void oneServerImportsAtATime() {
        ImportStore imports = stores().imports();
        long first = imports.add(server(State.RUNNING, "one", 100), true, 50);
        KirokuException refused =
                assertThrows(KirokuException.class, () -> imports.add(server(State.RUNNING, "two", 101), true, 50));
        assertEquals(ErrorCode.RESOURCE_CONFLICT, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains("one, started by ann"), refused::getMessage);
        imports.add(server(State.RUNNING, "command", 101), false, 50);

        assertFalse(imports.save(imports.list(9).getLast()));
        assertTrue(imports.requestCancel(first));
        assertTrue(imports.save(imports.list(9).getLast()));

        long next = imports.add(server(State.RUNNING, "two", 300), true, 200);
        ServerImport dead = imports.list(9).getLast();
        assertEquals(List.of(first, State.INTERRUPTED), List.of(dead.importId(), dead.state()));
        assertEquals(next, imports.list(9).getFirst().importId());
        assertFalse(imports.requestCancel(first), "it is over");
    }

    @Test
    void importsAreReadAsTheyWereSaved() {
        ImportStore imports = stores().imports();
        long id = imports.add(server(State.RUNNING, "one", 100), true, 0);
        ServerImport saved = ended(id, "one");
        imports.save(saved);
        Summary summary = saved.summary();
        ServerImport expected = new ServerImport(
                id,
                saved.state(),
                saved.dryRun(),
                saved.source(),
                saved.description(),
                saved.options(),
                saved.signedIn(),
                saved.startedBy(),
                saved.startTime(),
                saved.updateTime(),
                saved.endTime(),
                saved.progress(),
                null,
                new Summary(summary.counts(), summary.left(), List.of("line break"), 5L, List.of(), 0L));
        assertEquals(List.of(expected), imports.list(9));
    }

    @Test
    void anExperimentKnowsItsSources() {
        ImportStore imports = stores().imports();
        long[] ids = new long[3];
        for (int i = 0; i < 3; i++) {
            String source = i == 1 ? "two" : "one";
            ids[i] = imports.add(server(State.RUNNING, source, 100 + i), true, 0);
            imports.addExperiments(ids[i], List.of(41L, 42L + i));
            imports.addExperiments(ids[i], List.of(41L));
            imports.save(ended(ids[i], source));
        }
        List<Origin> origins = imports.findOrigins(41);
        assertEquals(
                List.of("MLflow at one", "MLflow at two"),
                origins.stream().map(Origin::source).toList());
        Origin latest = origins.getFirst();
        assertEquals(new Origin("MLflow at one", 102L, "ann", true, List.of("7 traces", "secrets")), latest);
        assertEquals(1, imports.findOrigins(42).size());
        assertEquals(List.of(), imports.findOrigins(99));
    }

    @Test
    void importsThatBroughtNothingAreForgotten() {
        ImportStore imports = stores().imports();
        long kept = imports.add(server(State.RUNNING, "kept", 1), false, 0);
        imports.addExperiments(kept, List.of(41L));
        for (int i = 2; i < 110; i++) {
            long id = imports.add(server(State.RUNNING, "dry", i), false, 0);
            imports.save(ended(id, "dry"));
        }
        imports.save(ended(kept, "kept"));
        imports.add(server(State.RUNNING, "last", 200), false, 0);
        List<ServerImport> all = imports.list(1000);
        assertEquals(kept, all.getLast().importId());
        assertTrue(all.size() < 105, all.size() + " imports");
    }
}
