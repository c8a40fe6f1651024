package dev.kiroku.transfer.source.rest;

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
import java.util.function.Consumer;
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
    static final String LOGGED_MODELS = "/2.0/mlflow/logged-models/search";
    private static final String LOGGED_MODEL = "/2.0/mlflow/logged-models/";
    private static final String WEBHOOKS = "/2.0/mlflow/webhooks";
    private static final String TRACES = "/3.0/mlflow/traces/search";
    private static final int EXPERIMENTS_PER_PAGE = 1000;
    private static final int OTHERS_PER_PAGE = 100;

    private final ServerReader server;
    private final String release;
    private final Problems problems = new Problems();
    private final Searches searches;
    private final RunReader runs;

    private RestSource(ServerReader server, String release) {
        this.server = server;
        this.release = release;
        this.searches = new Searches(server, problems);
        this.runs = new RunReader(server, searches, problems);
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
                Searches.chunks(experiments.stream().map(ExperimentRecord::id).toList())) {
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

    @Override
    public List<ExperimentRecord> experiments() {
        Iterator<List<ExperimentRecord>> pages = new TokenPages<>(token -> {
            ObjectNode request = searches.search(EXPERIMENTS_PER_PAGE, token).put("view_type", "ALL");
            request.putArray("order_by").add("experiment_id ASC");
            JsonNode answer = server.post(EXPERIMENTS, request);
            return searches.page(answer, answer.path("experiments"), RestRecords::experiment, "An experiment");
        });
        List<ExperimentRecord> experiments = new ArrayList<>();
        pages.forEachRemaining(experiments::addAll);
        return experiments;
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        return runs(experimentIds, null);
    }

    /** Returns the runs of experiments that match a search filter; null for all. */
    Iterator<List<RunRecord>> runs(Collection<Long> experimentIds, @Nullable String filter) {
        return runs.pages(experimentIds, filter);
    }

    @Override
    public void readMetrics(List<RunRecord> all, Consumer<RunMetrics> consumer) {
        runs.readMetrics(all, consumer);
    }

    /** Returns a run; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    RunRecord requireRun(String id) {
        return runs.get(id);
    }

    /** Returns a logged model; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    LoggedModelRecord requireLoggedModel(String id) {
        return RestRecords.loggedModel(server.get(LOGGED_MODEL + id, Map.of()).path("model"));
    }

    /** Returns a registered model or prompt; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    public RegisteredModelRecord requireRegisteredModel(String name) {
        return new RegistryReader(server, problems).get(name);
    }

    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        return Searches.pages(
                experimentIds,
                (ids, token) -> ServerReader.ifSupported(
                                () -> server.post(LOGGED_MODELS, searches.searchIn(ids, OTHERS_PER_PAGE, token)))
                        .map(answer -> searches.page(
                                answer, answer.path("models"), RestRecords::loggedModel, "A logged model"))
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
            return searches.page(answer, answer.path("webhooks"), RestRecords::webhook, "A webhook");
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
