package dev.kiroku.transfer.source.rest;

import static dev.kiroku.transfer.source.JsonFields.text;

import dev.kiroku.client.ClientSettings;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.files.Problems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A running tracking server, MLflow since 2.9 or Kiroku, read over its REST API by a user: what this user may not read is not there. Searches
 * order by what does not change, so that records that are added meanwhile come last.
 */
public final class RestSource implements TransferSource {
    private static final String EXPERIMENTS = "/2.0/mlflow/experiments/search";
    private static final String RUNS = "/2.0/mlflow/runs/search";
    private static final String LOGGED_MODELS = "/2.0/mlflow/logged-models/search";
    private static final String LOGGED_MODEL = "/2.0/mlflow/logged-models/";
    private static final String WEBHOOKS = "/2.0/mlflow/webhooks";
    private static final String TRACES = "/3.0/mlflow/traces/search";
    private static final int EXPERIMENTS_PER_PAGE = 1000;
    private static final int EXPERIMENTS_PER_SEARCH = 50;
    private static final int RUNS_PER_PAGE = 200;
    private static final int OTHERS_PER_PAGE = 100;

    private final ServerReader server;
    private final String release;
    private final Problems problems = new Problems();
    /** The metrics of the runs that were read last, by the id of the run. */
    private final Map<String, List<String>> metricKeys = new HashMap<>();

    /** Whether the server has logged models; null before it was asked. */
    private @Nullable Boolean loggedModels;

    private RestSource(ServerReader server, String release) {
        this.server = server;
        this.release = release;
    }

    /** Returns whether a text is the address of a server. */
    public static boolean accepts(String uri) {
        return ClientSettings.isServerUri(uri);
    }

    /**
     * Connects to a server.
     *
     * @throws KirokuException with {@code TEMPORARILY_UNAVAILABLE} if it cannot be reached
     */
    public static RestSource open(ClientSettings settings) {
        return open(new ServerReader(settings));
    }

    /**
     * Connects to a server.
     *
     * @param signIn what to do if the server refuses the credentials: a sentence after a space, for the message
     * @throws KirokuException with {@code TEMPORARILY_UNAVAILABLE} if it cannot be reached
     */
    public static RestSource open(ClientSettings settings, String signIn) {
        return open(new ServerReader(settings, signIn));
    }

    private static RestSource open(ServerReader server) {
        try {
            return new RestSource(server, server.version().orElse(""));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public String description() {
        return "tracking server " + server.address() + (release.isEmpty() ? "" : " (version " + release + ")");
    }

    @Override
    public Inventory inventory() {
        List<ExperimentRecord> experiments = experiments();
        List<WebhookRecord> webhooks = webhooks();
        List<String> left = new ArrayList<>();
        left.add("deleted logged models, and the times of deletion of runs: the API does not tell them");
        if (!webhooks.isEmpty()) {
            left.add("secrets of webhooks: the webhooks are disabled until they get new ones");
        }
        if (hasTraces(experiments)) {
            left.add("traces");
        }
        return new Inventory(
                Map.of(RecordKind.EXPERIMENT, (long) experiments.size(), RecordKind.WEBHOOK, (long) webhooks.size()),
                left);
    }

    private boolean hasTraces(List<ExperimentRecord> experiments) {
        for (List<Long> ids :
                chunks(experiments.stream().map(ExperimentRecord::id).toList())) {
            ObjectNode request = server.request().put("max_results", 1);
            ArrayNode locations = request.putArray("locations");
            for (long id : ids) {
                locations
                        .addObject()
                        .put("type", "MLFLOW_EXPERIMENT")
                        .putObject("mlflow_experiment")
                        .put("experiment_id", Long.toString(id));
            }
            if (hasTraces(request)) {
                return true;
            }
        }
        return false;
    }

    /** Traces are left anyway: a server that does not say whether it has some is no reason to stop. */
    private boolean hasTraces(ObjectNode search) {
        try {
            return !server.post(TRACES, search).path("traces").isEmpty();
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE) {
                throw e;
            }
            return false;
        }
    }

    private static List<List<Long>> chunks(Collection<Long> experimentIds) {
        List<Long> ids = List.copyOf(experimentIds);
        List<List<Long>> chunks = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += EXPERIMENTS_PER_SEARCH) {
            chunks.add(ids.subList(from, Math.min(ids.size(), from + EXPERIMENTS_PER_SEARCH)));
        }
        return chunks;
    }

    @Override
    public List<ExperimentRecord> experiments() {
        Iterator<List<ExperimentRecord>> pages = new TokenPages<>(token -> {
            ObjectNode request = search(EXPERIMENTS_PER_PAGE, token).put("view_type", "ALL");
            request.putArray("order_by").add("experiment_id ASC");
            JsonNode answer = server.post(EXPERIMENTS, request);
            return page(answer, answer.path("experiments"), RestRecords::experiment, "An experiment");
        });
        List<ExperimentRecord> experiments = new ArrayList<>();
        pages.forEachRemaining(experiments::addAll);
        return experiments;
    }

    private ObjectNode search(int maxResults, @Nullable String token) {
        ObjectNode request = server.request().put("max_results", maxResults);
        return token == null ? request : request.put("page_token", token);
    }

    /** @param found the items of the answer */
    private <T> Page<T> page(JsonNode answer, Iterable<JsonNode> found, Function<JsonNode, T> converter, String what) {
        List<T> items = new ArrayList<>();
        for (JsonNode item : found) {
            try {
                items.add(converter.apply(item));
            } catch (IllegalArgumentException e) {
                problems.add(what + " is left out: " + e.getMessage() + ".");
            }
        }
        return new Page<>(items, text(answer, "next_page_token"));
    }

    /** Returns pages of a search in experiments; the search for some experiments after that for others. */
    private static <T> Iterator<List<T>> pages(
            Collection<Long> experimentIds, BiFunction<List<Long>, @Nullable String, Page<T>> read) {
        return new JoinedPages<>(chunks(experimentIds).stream()
                .<Iterator<List<T>>>map(ids -> new TokenPages<>(token -> read.apply(ids, token)))
                .iterator());
    }

    private ObjectNode searchIn(List<Long> experimentIds, int maxResults, @Nullable String token) {
        ObjectNode request = search(maxResults, token);
        ArrayNode ids = request.putArray("experiment_ids");
        experimentIds.forEach(id -> ids.add(Long.toString(id)));
        return request;
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        return runs(experimentIds, null);
    }

    /** Returns the runs of experiments that match a search filter; null for all. */
    Iterator<List<RunRecord>> runs(Collection<Long> experimentIds, @Nullable String filter) {
        return pages(experimentIds, (ids, token) -> readRuns(ids, filter, token));
    }

    /** Returns a run; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    RunRecord requireRun(String id) {
        return RestRecords.run(readRun(id));
    }

    /** Returns a logged model; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    LoggedModelRecord requireLoggedModel(String id) {
        return RestRecords.loggedModel(server.get(LOGGED_MODEL + id, Map.of()).path("model"));
    }

    /** Returns a registered model or prompt; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    public RegisteredModelRecord requireRegisteredModel(String name) {
        return new RegistryReader(server, problems).get(name);
    }

    private Page<RunRecord> readRuns(List<Long> experimentIds, @Nullable String filter, @Nullable String token) {
        ObjectNode request = searchIn(experimentIds, RUNS_PER_PAGE, token).put("run_view_type", "ALL");
        if (filter != null) {
            request.put("filter", filter);
        }
        request.putArray("order_by").add("attributes.start_time ASC");
        JsonNode answer = server.post(RUNS, request);
        List<JsonNode> runs = new ArrayList<>();
        if (hasLoggedModels(experimentIds)) {
            List<String> ids = new ArrayList<>();
            answer.path("runs").forEach(run -> ids.add(RestRecords.runId(run)));
            ReadAhead.each(ids, this::readRun, (id, run) -> addUnlessDeleted(id, run, runs));
        } else {
            answer.path("runs").forEach(runs::add);
        }
        metricKeys.clear();
        runs.forEach(run -> metricKeys.put(RestRecords.runId(run), metricKeys(run)));
        return page(answer, runs, RestRecords::run, "A run");
    }

    /** Returns whether the server has logged models. Its searches leave out which of them a run used, so that each run must be read. */
    private boolean hasLoggedModels(List<Long> experimentIds) {
        if (loggedModels == null) {
            loggedModels = ServerReader.ifSupported(() -> server.post(LOGGED_MODELS, searchIn(experimentIds, 1, null)))
                    .isPresent();
        }
        return loggedModels;
    }

    private void addUnlessDeleted(String id, ReadAhead.Result<JsonNode> run, List<JsonNode> runs) {
        try {
            runs.add(run.get());
        } catch (KirokuException e) {
            if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                throw e;
            }
            problems.add("Run " + id + " is left out: the server has deleted it for good meanwhile.");
        }
    }

    private JsonNode readRun(String id) {
        return server.get("/2.0/mlflow/runs/get", Map.of("run_id", id)).path("run");
    }

    private static List<String> metricKeys(JsonNode run) {
        List<String> keys = new ArrayList<>();
        run.path("data")
                .path("metrics")
                .forEach(metric -> keys.add(metric.path("key").asString("")));
        return keys.stream().distinct().sorted().toList();
    }

    @Override
    public void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer) {
        List<MetricHistories.Series> all = new ArrayList<>();
        for (RunRecord run : runs) {
            List<String> keys = metricKeys.get(run.id());
            if (keys == null) {
                keys = metricKeys(readRun(run.id()));
            }
            keys.forEach(key -> all.add(new MetricHistories.Series(run.id(), key)));
        }
        new MetricHistories(server, problems).read(all, consumer);
    }

    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        return pages(
                experimentIds,
                (ids, token) -> ServerReader.ifSupported(
                                () -> server.post(LOGGED_MODELS, searchIn(ids, OTHERS_PER_PAGE, token)))
                        .map(answer -> page(answer, answer.path("models"), RestRecords::loggedModel, "A logged model"))
                        .orElse(new Page<>(List.of(), null)));
    }

    @Override
    public Iterator<List<RegisteredModelRecord>> registeredModels() {
        RegistryReader registry = new RegistryReader(server, problems);
        return new JoinedPages<>(List.of(registry.models(), registry.prompts()).iterator());
    }

    /** Returns the webhooks, none if the user may not read them: on most servers only administrators may. */
    @Override
    public List<WebhookRecord> webhooks() {
        Iterator<List<WebhookRecord>> pages = new TokenPages<>(token -> {
            Map<String, String> query = new HashMap<>(Map.of("max_results", Integer.toString(OTHERS_PER_PAGE)));
            if (token != null) {
                query.put("page_token", token);
            }
            JsonNode answer = server.get(WEBHOOKS, query);
            return page(answer, answer.path("webhooks"), RestRecords::webhook, "A webhook");
        });
        List<WebhookRecord> webhooks = new ArrayList<>();
        try {
            pages.forEachRemaining(webhooks::addAll);
        } catch (KirokuException e) {
            switch (e.code()) {
                case NOT_FOUND, ENDPOINT_NOT_FOUND -> {} // a release without webhooks
                case PERMISSION_DENIED, NOT_IMPLEMENTED, INTERNAL_ERROR ->
                    problems.add("Webhooks are left out: " + e.getMessage());
                default -> throw e;
            }
        }
        return webhooks;
    }

    /** Returns the artifacts that the server serves. Those at other places are read there, if the user has named them. */
    @Override
    public List<ArtifactRoot> artifactRoots() {
        return List.of(new ArtifactRoot(ArtifactRoot.PROXIED, new ServerArtifactFolder(server.copy())));
    }

    @Override
    public List<String> problems() {
        return problems.all();
    }

    @Override
    public void close() {
        server.close();
    }
}
