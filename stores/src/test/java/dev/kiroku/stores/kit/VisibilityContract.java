package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.core.tracking.Experiments;
import dev.kiroku.core.tracking.IdGenerator;
import dev.kiroku.core.tracking.LocationRules;
import dev.kiroku.core.tracking.LoggedModels;
import dev.kiroku.core.tracking.Overviews;
import dev.kiroku.core.tracking.Runs;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.HeldGrant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.DatasetSummary;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.Stores;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract on each database that lists and searches have what their caller may read: all of it, on full pages, and nothing else. */
public abstract class VisibilityContract {
    private final AtomicLong time = new AtomicLong(1000);
    private Stores stores;
    private Experiments experiments;
    private Runs runs;
    private LoggedModels loggedModels;
    private Overviews overviews;

    /** Opens stores with an empty database. */
    protected abstract Stores open() throws Exception;

    @BeforeEach
    void begin() throws Exception {
        stores = open();
        InstantSource clock = () -> Instant.ofEpochMilli(time.incrementAndGet());
        IdGenerator ids = new IdGenerator(new Random(1));
        experiments = new Experiments(stores.experiments(), LocationRules.of("mlflow-artifacts:/"), clock);
        runs = new Runs(stores.runs(), stores.experiments(), ids, clock, false);
        loggedModels = new LoggedModels(stores.loggedModels(), stores.experiments(), ids, clock);
        overviews = new Overviews(stores.overviews(), stores.experiments());
    }

    @AfterEach
    void close() {
        stores.close();
    }

    private List<Experiment> searchExperiments(Caller caller, int pageSize, List<String> order) {
        return PageReader.readAll(pageSize, token -> {
            var page = experiments.search(
                    new ExperimentApi.SearchExperimentsRequest((long) pageSize, token, null, order, ViewType.ALL),
                    caller);
            return new PageReader.Page<>(page.experiments(), page.nextPageToken());
        });
    }

    private List<String> searchRuns(Caller caller, List<String> ids, int pageSize) {
        return PageReader.readAll(pageSize, token -> {
            var page = runs.search(
                    new RunApi.SearchRunsRequest(ids, null, ViewType.ALL, pageSize, List.of(), token), caller);
            return new PageReader.Page<>(
                    page.runs().stream().map(run -> run.info().runId()).toList(), page.nextPageToken());
        });
    }

    private List<String> searchLoggedModels(Caller caller, List<String> ids, int pageSize) {
        return PageReader.readAll(pageSize, token -> {
            var page = loggedModels.search(
                    new LoggedModelApi.SearchLoggedModelsRequest(ids, null, List.of(), pageSize, List.of(), token),
                    caller);
            return new PageReader.Page<>(
                    page.models().stream().map(model -> model.info().modelId()).toList(), page.nextPageToken());
        });
    }

    private OverviewApi.RunRowsResponse findRows(Caller caller, List<String> ids, int pageSize) {
        return overviews.findRows(
                new OverviewApi.RunRowsRequest(
                        ids,
                        null,
                        ViewType.ALL,
                        List.of(),
                        pageSize,
                        null,
                        null,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                caller);
    }

    // Experiments, and what is in them

    /** An experiment with a run, a logged model, a dataset, and a param that no other one has. */
    private record Tracked(ResourceKey key, String runId, String modelId) {
        String id() {
            return key.id();
        }

        String param() {
            return "p" + key.id();
        }
    }

    private Tracked addExperiment(String name) {
        String id = Long.toString(
                stores.experiments().create(name, n -> "mlflow-artifacts:/" + n, List.of(), time.incrementAndGet()));
        String run = runs.create(new RunApi.CreateRunRequest(id, null, null, time.incrementAndGet(), List.of()))
                .run()
                .info()
                .runId();
        stores.runs()
                .logBatch(run, List.of(), List.of(new KeyValue("p" + id, "v"), new KeyValue("all", id)), List.of());
        stores.runs()
                .logInputs(
                        run,
                        List.of(new DatasetInput(List.of(), new Dataset("d", "1", "local", "{}", null, null))),
                        List.of());
        String model = loggedModels
                .create(new LoggedModelApi.CreateLoggedModelRequest(id, "m", null, null, List.of(), List.of()))
                .model()
                .info()
                .modelId();
        return new Tracked(ResourceKey.experiment(id, name), run, model);
    }

    private List<Tracked> addExperiments(Random random, int count) {
        List<Tracked> all = new ArrayList<>();
        all.add(addExperiment("7")); // a name that is no ID
        for (int i = 0; i < count; i++) {
            all.add(addExperiment(RandomGrants.randomName(random) + i));
        }
        return all;
    }

    private static List<Tracked> readable(List<Tracked> all, EffectiveGrants rights, @Nullable ResourceType part) {
        Predicate<Tracked> mayRead =
                one -> rights.decide(Action.READ, part == null ? one.key : one.key.child(part, "x"))
                        .allowed();
        return all.stream().filter(mayRead).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void searchesHaveWhatTheNaiveModelAllows(long seed) {
        Random random = new Random(seed);
        List<Tracked> all = addExperiments(random, 40);
        List<ResourceKey> keys = all.stream().map(Tracked::key).toList();
        List<String> ids = all.stream().map(Tracked::id).toList();
        for (int round = 0; round < 40; round++) {
            EffectiveGrants rights = RandomGrants.randomRights(
                    random,
                    List.of(
                            ResourceType.EXPERIMENT,
                            ResourceType.EXPERIMENT,
                            ResourceType.RUN,
                            ResourceType.LOGGED_MODEL),
                    keys);
            Caller caller = RandomGrants.caller(rights);
            int pageSize = 1 + random.nextInt(15);
            Supplier<String> what = () -> keys + " " + rights.visible(ResourceType.EXPERIMENT);

            List<Tracked> visible = readable(all, rights, null);
            assertEquals(
                    visible.stream().map(Tracked::id).toList(),
                    searchExperiments(caller, pageSize, List.of("creation_time ASC")).stream()
                            .map(Experiment::experimentId)
                            .filter(ids::contains)
                            .toList(),
                    what);
            assertEquals(
                    visible.stream()
                            .map(Tracked::id)
                            .filter(ids.subList(0, 20)::contains)
                            .sorted()
                            .toList(),
                    experiments
                            .searchDatasets(new ExperimentApi.SearchDatasetsRequest(ids.subList(0, 20)), caller)
                            .datasetSummaries()
                            .stream()
                            .map(DatasetSummary::experimentId)
                            .sorted()
                            .toList(),
                    what);

            List<Tracked> withRuns = readable(all, rights, ResourceType.RUN);
            List<String> runIds =
                    withRuns.reversed().stream().map(Tracked::runId).toList();
            assertEquals(runIds, searchRuns(caller, ids, pageSize), what);
            OverviewApi.RunRowsResponse rows = findRows(caller, ids, pageSize);
            assertEquals(
                    runIds.stream().limit(pageSize).toList(),
                    rows.runs().stream().map(OverviewApi.RunRow::runId).toList(),
                    what);
            assertEquals((long) withRuns.size(), rows.total(), what);
            List<String> params = overviews
                    .findKeys(new OverviewApi.RunKeysRequest(ids), caller)
                    .params();
            assertEquals(
                    withRuns.stream().map(Tracked::param).sorted().toList(),
                    params.stream().filter(key -> !key.equals("all")).toList(),
                    what);
            assertEquals(
                    withRuns.stream().map(Tracked::id).sorted().toList(),
                    overviews
                            .findValues(
                                    new OverviewApi.RunValuesRequest(ids, OverviewApi.KeyKind.PARAM, "all", null),
                                    caller)
                            .values(),
                    what);
            assertEquals(
                    readable(all, rights, ResourceType.LOGGED_MODEL).reversed().stream()
                            .map(Tracked::modelId)
                            .toList(),
                    searchLoggedModels(caller, ids, pageSize),
                    what);
        }
    }

    /** The IDs of an experiment, of one that is hidden and of one that does not exist answer alike. */
    @Test
    void hiddenExperimentsAnswerLikeMissingOnes() {
        Tracked own = addExperiment("team-a/x");
        Tracked hidden = addExperiment("team-b/x");
        Caller ann = RandomGrants.caller(PermissionLevel.NO_PERMISSIONS, "READ experiment/team-a/*");
        assertEquals(List.of(own.runId), searchRuns(ann, List.of(own.id(), hidden.id(), "999"), 1));
        assertEquals(List.of(), searchRuns(ann, List.of(hidden.id()), 1));
        assertEquals(List.of(), searchRuns(ann, List.of("999"), 1));
        assertEquals(0L, findRows(ann, List.of(hidden.id()), 1).total());
        assertEquals(0L, findRows(ann, List.of("999"), 1).total());
    }

    /** A page token of somebody else is a place in an order; it shows nothing, and what it holds was on the page before it. */
    @Test
    void pageTokensShowNothingHidden() {
        for (String name : List.of("a/1", "b/secret-1", "a/2", "b/secret-2", "a/3", "b/secret-3")) {
            addExperiment(name);
        }
        Caller ann = RandomGrants.caller(PermissionLevel.NO_PERMISSIONS, "READ experiment/a/*");
        List<String> byName = List.of("name ASC");
        String own = experiments
                .search(new ExperimentApi.SearchExperimentsRequest(2L, null, null, byName, null), ann)
                .nextPageToken();
        String content = new String(Base64.getUrlDecoder().decode(own), StandardCharsets.ISO_8859_1);
        assertTrue(content.contains("a/2"), content);
        assertFalse(content.contains("secret"), content);
        String ofAdmin = experiments
                .search(new ExperimentApi.SearchExperimentsRequest(2L, null, null, byName, null), RandomGrants.ADMIN)
                .nextPageToken();
        var next = experiments.search(new ExperimentApi.SearchExperimentsRequest(9L, ofAdmin, null, byName, null), ann);
        assertEquals(
                List.of("a/2", "a/3"),
                next.experiments().stream().map(Experiment::name).toList());
    }

    /** Nothing that is kept between requests of one caller is served to another. */
    @Test
    void callersInAlternationSeeTheirOwn() {
        addExperiment("a/1");
        addExperiment("b/1");
        Caller ann = RandomGrants.caller(PermissionLevel.NO_PERMISSIONS, "READ experiment/a/*");
        Caller bob = RandomGrants.caller(PermissionLevel.NO_PERMISSIONS, "READ experiment/b/*");
        List<String> ids = searchExperiments(RandomGrants.ADMIN, 10, List.of()).stream()
                .map(Experiment::experimentId)
                .toList();
        for (int i = 0; i < 3; i++) {
            assertEquals(List.of("a/1"), names(searchExperiments(ann, 1, List.of())));
            assertEquals(List.of("b/1"), names(searchExperiments(bob, 1, List.of())));
            assertEquals(3, searchExperiments(RandomGrants.ADMIN, 1, List.of()).size());
            assertEquals(1L, findRows(ann, ids, 1).total());
            assertEquals(2, searchRuns(RandomGrants.ADMIN, ids, 1).size());
            assertEquals(1, searchRuns(bob, ids, 1).size());
        }
    }

    private static List<String> names(List<Experiment> all) {
        return all.stream().map(Experiment::name).toList();
    }

    /** More patterns than a statement can have parameters. */
    @Test
    void numberOfGrantsIsNotLimited() {
        Tracked one = addExperiment("team-39999/x");
        addExperiment("other");
        List<HeldGrant> grants = IntStream.range(0, 40_000)
                .mapToObj(i -> switch (i % 3) {
                    case 0 -> RandomGrants.grant("READ experiment/team-" + i + "/*");
                    case 1 -> RandomGrants.grant("READ experiment/" + (1_000_000 + i));
                    default -> RandomGrants.grant("READ experiment/name-" + i);
                })
                .toList();
        Caller ann = RandomGrants.caller(new EffectiveGrants(false, PermissionLevel.NO_PERMISSIONS, grants));
        assertEquals(List.of("team-39999/x"), names(searchExperiments(ann, 10, List.of())));
        assertEquals(List.of(one.runId), searchRuns(ann, List.of(one.id(), "0"), 10));
    }
}
