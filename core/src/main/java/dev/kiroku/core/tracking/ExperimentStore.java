package dev.kiroku.core.tracking;

import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.tracking.DatasetSummary;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.ViewType;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Where experiments are kept. Every method is one transaction: it happens as a whole and is durable when the method returns, or it throws
 * and nothing has happened. Values come here checked (see {@link Experiments}); what only the stored state can tell is checked here.
 */
public interface ExperimentStore {
    /** The id of the experiment named Default, which every store has from its birth. */
    long DEFAULT_ID = 0;

    /**
     * @param artifactRoot gives the artifact location of the new experiment's id
     * @return the new id
     * @throws dev.kiroku.model.KirokuException RESOURCE_ALREADY_EXISTS when the name is taken, be it by a deleted experiment
     */
    long create(String name, LongFunction<String> artifactRoot, List<KeyValue> tags, long now);

    /** @throws dev.kiroku.model.KirokuException RESOURCE_DOES_NOT_EXIST; here and below, for an id that is not there */
    Experiment get(long id);

    Optional<Experiment> findByName(String name);

    /** Renames an active experiment. */
    void rename(long id, String name, long now);

    /** Moves an experiment that is in the other stage, with all of its runs, to {@code stage}. */
    void setLifecycleStage(long id, LifecycleStage stage, long now);

    /** Sets a tag of an active experiment. */
    void setTag(long id, KeyValue tag);

    /** Removes a tag of an active experiment; RESOURCE_DOES_NOT_EXIST when there is none of that key. */
    void deleteTag(long id, String key);

    Page<Experiment> search(Query query);

    /** The datasets, in their roles, that runs of these experiments used; in no order, at most {@code limit}. */
    List<DatasetSummary> findDatasets(List<Long> experimentIds, int limit);

    /**
     * @param order what the caller asked for; ties, and an empty order, are settled by newest creation, then id (see {@link Orders})
     * @param pageToken from the page before, or null for the first
     */
    record Query(ViewType view, SearchFilter filter, List<OrderTerm> order, int maxResults, String pageToken) {}
}
