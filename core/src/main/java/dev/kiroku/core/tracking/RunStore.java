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
 * Store of runs and what they log. Every method is one transaction, durable when the method returns; if it throws, nothing has changed.
 * Methods with an ID throw RESOURCE_DOES_NOT_EXIST if there is no such run. Methods that change a run throw INVALID_PARAMETER_VALUE if it is
 * deleted, except {@link #setLifecycleStage}. Implementations are thread-safe.
 */
public interface RunStore {
    /** The tag with the name of the run; always equal to the attribute. */
    String NAME_TAG = "mlflow.runName";

    /**
     * A run that is added, with the status RUNNING.
     *
     * @param startTime milliseconds since 1970
     * @param artifactFolder is appended to the artifact location of the experiment
     * @param tags include {@link #NAME_TAG}
     */
    record NewRun(
            String runId,
            long experimentId,
            String name,
            String userId,
            long startTime,
            String artifactFolder,
            List<KeyValue> tags) {}

    /** Adds a run. */
    RunInfo create(NewRun run);

    /** Returns a run, active or deleted. */
    Run get(String runId);

    /** Changes the values that are not null. A name also changes the tag {@link #NAME_TAG}. */
    RunInfo update(String runId, @Nullable RunStatus status, @Nullable Long endTime, @Nullable String name);

    /** Deletes or restores a run. Does nothing if it is in that stage already. */
    void setLifecycleStage(String runId, LifecycleStage stage, long now);

    /**
     * Adds metric points, params and tags; all of them or none. A point that exists (same key, timestamp, step and value) is not added again.
     * The latest value of a metric is the one with the greatest step, then timestamp, then value. A param that exists with the same value is
     * ignored; with another value the method throws INVALID_PARAMETER_VALUE. A tag replaces its previous value; the name tag renames the run.
     * A point with a model ID is also added to that logged model.
     */
    void logBatch(String runId, List<Metric> metrics, List<KeyValue> params, List<KeyValue> tags);

    /** Sets a tag to the result of {@code change}, which is called with the previous value, or null if there is none. */
    void updateTag(String runId, String key, UnaryOperator<@Nullable String> change);

    /** Deletes a tag; throws RESOURCE_DOES_NOT_EXIST if the run has none with that key. */
    void deleteTag(String runId, String key);

    /** Adds inputs. Runs of an experiment share datasets by name and digest. A dataset that the run has already stays as it is, with its tags. */
    void logInputs(String runId, List<DatasetInput> datasets, List<ModelInput> models);

    /** Adds logged models that the run created. */
    void logOutputs(String runId, List<ModelOutput> models);

    /** Returns a page of runs. */
    Page<Run> search(Query query);

    /**
     * A search.
     *
     * @param order the requested order; ties are broken by newest start, then run ID. Missing values are last and NaN is before them, in both
     *     directions
     * @param pageToken from the previous page; null for the first page
     */
    record Query(
            List<Long> experimentIds,
            ViewType view,
            SearchFilter filter,
            List<OrderTerm> order,
            int maxResults,
            @Nullable String pageToken) {}

    /**
     * Returns a page of the points of a metric of a run, ordered by timestamp, step and value.
     *
     * @param maxResults the size of the page; 0 for all points
     * @param pageToken from the previous page; null for the first page
     */
    Page<Metric> getMetricHistory(String runId, String key, int maxResults, @Nullable String pageToken);

    /** Returns points of a metric of several runs, ordered by run ID, timestamp, step and value. Runs that do not exist have none. */
    List<Metric> getMetricHistories(List<String> runIds, String key, int maxResults);

    /**
     * Returns a sample of a metric of several runs: at most {@code perRun} points per run, evenly spread over the points with a step in the
     * range, ordered by step, timestamp and value. The first and last point are included; only the last if {@code perRun} is 1.
     */
    List<Metric> sampleMetricHistories(List<String> runIds, String key, long fromStep, long toStep, int perRun);
}
