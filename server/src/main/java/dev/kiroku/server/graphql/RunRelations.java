package dev.kiroku.server.graphql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The experiments and model versions of the runs of one answer. They are read in batches for all of these runs when the first one is asked
 * for, not for each run. Used by one thread.
 */
final class RunRelations {
    /** The number of runs for which one search is made; its filter has 36 characters for each. */
    static final int BATCH = 1000;

    private final FutureTask<Map<Object, List<Object>>> experiments;
    private final FutureTask<Map<Object, List<Object>>> versions;

    /**
     * Creates relations that are not yet read.
     *
     * @param infos the infos of the runs
     * @param findExperiments returns the experiments that match a filter
     * @param findVersions returns the model versions that match a filter
     */
    RunRelations(
            List<? extends Map<?, ?>> infos,
            Function<String, List<?>> findExperiments,
            Function<String, List<?>> findVersions) {
        this.experiments = new FutureTask<>(find(infos, "experimentId", "experiment_id", findExperiments));
        this.versions = new FutureTask<>(find(infos, "runId", "run_id", findVersions));
    }

    /** Returns the experiment of a run, or null if there is none. */
    Object experiment(Map<?, ?> info) throws Exception {
        return get(experiments).getOrDefault(info.get("experimentId"), List.of()).stream()
                .findFirst()
                .orElse(null);
    }

    /** Returns the versions that were registered from a run. */
    List<Object> modelVersions(Map<?, ?> info) throws Exception {
        return get(versions).getOrDefault(info.get("runId"), List.of());
    }

    /** Reads at the first call, also if it fails. */
    private static <T> T get(FutureTask<T> task) throws Exception {
        task.run();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /**
     * Returns a task that finds what has one of the ids of the runs, by id.
     *
     * @param field the name of the id in runs and in what is found
     * @param attribute the name of the id in filters
     */
    private static Callable<Map<Object, List<Object>>> find(
            List<? extends Map<?, ?>> infos, String field, String attribute, Function<String, List<?>> search) {
        return () -> {
            List<Object> ids = infos.stream()
                    .map(info -> (Object) info.get(field))
                    .distinct()
                    .toList();
            Map<Object, List<Object>> found = new HashMap<>();
            for (int from = 0; from < ids.size(); from += BATCH) {
                String list = ids.subList(from, Math.min(from + BATCH, ids.size())).stream()
                        .map(id -> "'" + id + "'")
                        .collect(Collectors.joining(","));
                search.apply(attribute + " IN (" + list + ")")
                        .forEach(one -> found.computeIfAbsent(((Map<?, ?>) one).get(field), _ -> new ArrayList<>())
                                .add(one));
            }
            return found;
        };
    }
}
