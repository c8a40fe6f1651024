package dev.kiroku.core.tracking;

import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.LoggedModelStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Store of logged models. Every method is one transaction. Methods with an ID throw RESOURCE_DOES_NOT_EXIST if there is no such model. A
 * deleted model can be changed, as in MLflow, but is only returned by {@link #get} with {@code allowDeleted}. Implementations are
 * thread-safe.
 */
public interface LoggedModelStore {
    /**
     * A logged model that is added.
     *
     * @param modelType empty for none, as is {@code sourceRunId}
     * @param artifactFolder is appended to the artifact location of the experiment
     * @param now milliseconds since 1970
     */
    record NewModel(
            String modelId,
            long experimentId,
            String name,
            String modelType,
            String sourceRunId,
            String artifactFolder,
            List<KeyValue> params,
            List<KeyValue> tags,
            long now) {}

    /** Adds a logged model. */
    LoggedModel create(NewModel model);

    /** Returns a logged model; a deleted one only with {@code allowDeleted}. */
    LoggedModel get(String modelId, boolean allowDeleted);

    /** Sets the status and returns the model after the change. */
    LoggedModel finalizeModel(String modelId, LoggedModelStatus status, long now);

    /** Deletes a logged model. */
    void delete(String modelId, long now);

    /** Sets tags. */
    void setTags(String modelId, List<KeyValue> tags);

    /** Deletes a tag; throws RESOURCE_DOES_NOT_EXIST if the model has none with that key. */
    void deleteTag(String modelId, String key);

    /** Adds params; throws INVALID_PARAMETER_VALUE if the model has one of them already. */
    void logParams(String modelId, List<KeyValue> params);

    /** Returns a page of logged models. */
    Page<LoggedModel> search(Query query);

    /**
     * A search.
     *
     * @param datasets if not empty, conditions on metrics consider only values that were measured on one of these datasets
     * @param order the requested order; ties are broken by newest creation, then ID. Missing values are last
     * @param pageToken from the previous page; null for the first page
     */
    record Query(
            List<Long> experimentIds,
            SearchFilter filter,
            List<LoggedModelApi.DatasetFilter> datasets,
            List<LoggedModelApi.LoggedModelOrderBy> order,
            int maxResults,
            @Nullable String pageToken) {}
}
