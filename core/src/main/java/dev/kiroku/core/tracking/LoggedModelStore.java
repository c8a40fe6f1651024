package dev.kiroku.core.tracking;

import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.LoggedModel;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.LoggedModelStatus;
import java.util.List;

/**
 * Where logged models are kept. Every method is one transaction. An unknown model is RESOURCE_DOES_NOT_EXIST. A deleted one can still be
 * changed, as MLflow has it, but is read only by {@link #get} with {@code allowDeleted}.
 */
public interface LoggedModelStore {
    /** @param artifactFolder what is appended to the experiment's artifact location to give the model's own */
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

    LoggedModel create(NewModel model);

    LoggedModel get(String modelId, boolean allowDeleted);

    LoggedModel finalizeModel(String modelId, LoggedModelStatus status, long now);

    void delete(String modelId, long now);

    /** @return the model as it is then */
    void setTags(String modelId, List<KeyValue> tags);

    /** RESOURCE_DOES_NOT_EXIST when the model has no such tag. */
    void deleteTag(String modelId, String key);

    /** INVALID_PARAMETER_VALUE when the model has one of the params already. */
    void logParams(String modelId, List<KeyValue> params);

    Page<LoggedModel> search(Query query);

    /**
     * @param datasets when not empty, metric conditions hold only for values measured on one of them
     * @param order ties are settled by newest creation, then model id; missing values come last
     */
    record Query(
            List<Long> experimentIds,
            SearchFilter filter,
            List<LoggedModelApi.DatasetFilter> datasets,
            List<LoggedModelApi.LoggedModelOrderBy> order,
            int maxResults,
            String pageToken) {}
}
