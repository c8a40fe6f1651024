package dev.kiroku.transfer.source.rest;

import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
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
import tools.jackson.databind.node.ObjectNode;

/** Reads runs and their metrics. */
final class RunReader {
    private static final String RUNS = "/2.0/mlflow/runs/search";
    private static final int RUNS_PER_PAGE = 200;

    private final ServerReader server;
    private final Searches searches;
    private final Problems problems;
    /** The metrics of the runs that were read last, by the id of the run. */
    private final Map<String, List<String>> metricKeys = new HashMap<>();

    /** Whether the server has logged models; null before it was asked. */
    private @Nullable Boolean loggedModels;

    RunReader(ServerReader server, Searches searches, Problems problems) {
        this.server = server;
        this.searches = searches;
        this.problems = problems;
    }

    /** Returns the runs of experiments that match a search filter, in pages; null for all. */
    Iterator<List<RunRecord>> pages(Collection<Long> experimentIds, @Nullable String filter) {
        return Searches.pages(experimentIds, (ids, token) -> readRuns(ids, filter, token));
    }

    /** Returns a run; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    RunRecord get(String id) {
        return RestRecords.run(readRun(id));
    }

    private Page<RunRecord> readRuns(List<Long> experimentIds, @Nullable String filter, @Nullable String token) {
        ObjectNode request =
                searches.searchIn(experimentIds, RUNS_PER_PAGE, token).put("run_view_type", "ALL");
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
        return searches.page(answer, runs, RestRecords::run, "A run");
    }

    /** Returns whether the server has logged models. Its searches leave out which of them a run used, so that each run must be read. */
    private boolean hasLoggedModels(List<Long> experimentIds) {
        if (loggedModels == null) {
            loggedModels = ServerReader.ifSupported(
                            () -> server.post(RestSource.LOGGED_MODELS, searches.searchIn(experimentIds, 1, null)))
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

    /** Passes the metric points of runs. */
    void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer) {
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
}
