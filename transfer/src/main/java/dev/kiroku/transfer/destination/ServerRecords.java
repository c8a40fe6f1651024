package dev.kiroku.transfer.destination;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.TransferStore.StoredRun;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.model.transfer.TransferApi;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What a running Kiroku server has already. */
final class ServerRecords {
    private static final long PAGE_SIZE = 1000;
    private static final int RUNS_PER_REQUEST = 500;

    private final TrackingClient server;

    ServerRecords(TrackingClient server) {
        this.server = server;
    }

    /** Returns the names of the experiments that the caller may read, by id; deleted ones too. */
    Map<Long, String> findExperiments() {
        Map<Long, String> names = new HashMap<>();
        String token = null;
        do {
            var page = server.call(
                    ExperimentApi.SEARCH,
                    new ExperimentApi.SearchExperimentsRequest(PAGE_SIZE, token, null, List.of(), ViewType.ALL));
            page.experiments().forEach(e -> names.put(Long.valueOf(e.experimentId()), e.name()));
            token = page.nextPageToken();
        } while (token != null);
        return names;
    }

    /** Returns which of these runs the server has in their experiments, by id. */
    Map<String, StoredRun> findRuns(List<RunRecord> runs) {
        Map<String, StoredRun> found = new HashMap<>();
        group(runs, RunRecord::experimentId).forEach((experimentId, some) -> {
            for (int from = 0; from < some.size(); from += RUNS_PER_REQUEST) {
                List<String> ids = some.subList(from, Math.min(some.size(), from + RUNS_PER_REQUEST)).stream()
                        .map(RunRecord::id)
                        .toList();
                server.call(TransferApi.FIND_RUNS, new TransferApi.FindRunsRequest(Long.toString(experimentId), ids))
                        .runs()
                        .forEach(run ->
                                found.put(run.runId(), new StoredRun(experimentId, run.points(), run.deleted())));
            }
        });
        return found;
    }

    /** Returns records by the experiment that they belong to. */
    static <T> Map<Long, List<T>> group(List<T> records, ToLongFunction<T> experimentId) {
        Map<Long, List<T>> groups = new TreeMap<>();
        records.forEach(record -> groups.computeIfAbsent(experimentId.applyAsLong(record), _ -> new ArrayList<>())
                .add(record));
        return groups;
    }
}
