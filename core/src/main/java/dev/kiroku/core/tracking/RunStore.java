package dev.kiroku.core.tracking;

import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunInfo;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.model.tracking.ViewType;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where runs and what they log are kept. Every method is one transaction: it happens as a whole and is durable when the method returns, or
 * it throws and nothing has happened. An unknown run is RESOURCE_DOES_NOT_EXIST; whatever changes a run, but for {@link #setLifecycleStage}, wants it
 * active and is INVALID_PARAMETER_VALUE otherwise.
 */
public interface RunStore {
    /** The tag that holds a run's name; the two always agree. */
    String NAME_TAG = "mlflow.runName";

    /**
     * A run to create, in state RUNNING.
     *
     * @param artifactFolder what is appended to the experiment's artifact location to give the run's own
     * @param tags the name tag among them
     */
    record NewRun(
            String runId,
            long experimentId,
            String name,
            String userId,
            long startTime,
            String artifactFolder,
            List<KeyValue> tags) {}

    RunInfo create(NewRun run);

    Run get(String runId);

    /** Changes what is not null; a name also changes the name tag. */
    RunInfo update(String runId, RunStatus status, Long endTime, String name);

    /** Deletes or restores; it is no error when the run is in that stage already. */
    void setLifecycleStage(String runId, LifecycleStage stage, long now);

    /**
     * Logs all of it or nothing. A point that is there already (same key, timestamp, step and value) is not doubled. The latest value of
     * a metric is the one with the greatest step, then timestamp, then value. A param that is there with the same value is left; with
     * another value it is INVALID_PARAMETER_VALUE. A tag replaces its earlier value; the name tag renames the run. A point with a model
     * id is also one of that model's.
     */
    void logBatch(String runId, List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags);

    /** Replaces a tag by what {@code change} makes of its value (null when there was none). */
    void updateTag(String runId, String key, UnaryOperator<@Nullable String> change);

    /** RESOURCE_DOES_NOT_EXIST when the run has no such tag. */
    void deleteTag(String runId, String key);

    /** Datasets are shared within an experiment by name and digest; one that the run has already is left as it is, its tags too. */
    void logInputs(String runId, List<DatasetInput> datasets, List<ModelInput> models);

    void logOutputs(String runId, List<ModelOutput> models);

    Page<Run> search(Query query);

    /**
     * @param order what the caller asked for; ties are settled by newest start, then run id. Missing values come last, NaN before them,
     *     whatever the direction
     * @param pageToken from the page before, or null for the first
     */
    record Query(
            List<Long> experimentIds,
            ViewType view,
            SearchFilter filter,
            List<OrderTerm> order,
            int maxResults,
            String pageToken) {}

    /**
     * The points of one metric of a run, by timestamp, step and value.
     *
     * @param maxResults the size of a page, or 0 for all at once
     */
    Page<Metric> getMetricHistory(String runId, String key, int maxResults, String pageToken);

    /** The points of one metric of several runs, by run id, timestamp, step and value; unknown runs have none. */
    List<Metric> getMetricHistories(List<String> runIds, String key, int maxResults);

    /**
     * Of each run at most {@code perRun} points of one metric, evenly spread over those with a step in the range, by step, timestamp and
     * value; the first and the last are among them (only the last, when {@code perRun} is 1).
     */
    List<Metric> sampleMetricHistories(List<String> runIds, String key, long fromStep, long toStep, int perRun);
}
