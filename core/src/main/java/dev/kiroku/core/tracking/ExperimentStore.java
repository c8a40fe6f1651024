package dev.kiroku.core.tracking;

import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.DatasetSummary;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ViewType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Store of experiments. Every method is one transaction, durable when the method returns; if it throws, nothing has changed. Values are
 * validated by {@link Experiments}; the store checks what depends on stored data. Methods with an ID throw RESOURCE_DOES_NOT_EXIST if there
 * is no such experiment. Implementations are thread-safe.
 */
public interface ExperimentStore {
    /** The ID of the experiment named Default, which every store has. */
    long DEFAULT_ID = 0;

    /**
     * Adds an experiment.
     *
     * @param artifactRoot returns the artifact location for the ID of the new experiment
     * @param creator gets the permission to manage the experiment
     * @param now milliseconds since 1970
     * @return the new ID
     * @throws dev.kiroku.model.KirokuException RESOURCE_ALREADY_EXISTS if an experiment has the name, even a deleted one
     */
    long create(String name, LongFunction<String> artifactRoot, List<KeyValue> tags, Caller creator, long now);

    /** Adds an experiment that nobody gets permissions on, as on a server without authentication. */
    default long create(String name, LongFunction<String> artifactRoot, List<KeyValue> tags, long now) {
        return create(name, artifactRoot, tags, Caller.anonymous("-"), now);
    }

    /** Returns an experiment, active or deleted. */
    Experiment get(long id);

    /** Returns the experiment with a name, active or deleted; empty if there is none. */
    Optional<Experiment> findByName(String name);

    /** Returns the names of experiments, active or deleted, by ID; IDs without an experiment are left out. */
    Map<Long, String> findNames(Collection<Long> ids);

    /** Renames an active experiment with the grants on its name. */
    void rename(long id, String name, long now);

    /** Moves an experiment that is in the other stage to {@code stage}, with all its runs. */
    void setLifecycleStage(long id, LifecycleStage stage, long now);

    /** Sets a tag of an active experiment. */
    void setTag(long id, KeyValue tag);

    /** Deletes a tag of an active experiment; throws RESOURCE_DOES_NOT_EXIST if there is none with that key. */
    void deleteTag(long id, String key);

    /** Returns a page of experiments. */
    Page<Experiment> search(Query query);

    /** Returns the datasets with their roles that runs of the experiments used; at most {@code limit}, in no order. */
    List<DatasetSummary> findDatasets(List<Long> experimentIds, int limit);

    /**
     * A search.
     *
     * @param order the requested order; ties are broken by newest creation, then ID
     * @param pageToken from the previous page; null for the first page
     * @param visible the experiments to search in
     */
    record Query(
            ViewType view,
            SearchFilter filter,
            List<OrderTerm> order,
            int maxResults,
            @Nullable String pageToken,
            VisibleResources visible) {}
}
