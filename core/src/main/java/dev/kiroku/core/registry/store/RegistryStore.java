package dev.kiroku.core.registry.store;

import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The registry in a database: transactions, and the reads that a store can answer faster than through a
 * {@link RegistrySnapshot}. Reads of what does not exist throw {@link KirokuException} with RESOURCE_DOES_NOT_EXIST.
 */
public interface RegistryStore extends RegistryTransactions {
    /**
     * Returns the model with its latest versions, tags and aliases. As in MLflow's lists, the versions have no aliases.
     */
    RegisteredModel get(String name);

    /**
     * Returns a version; throws {@link KirokuException} with INVALID_PARAMETER_VALUE, as MLflow does, if the model has
     * no such alias.
     */
    ModelVersion getVersionByAlias(String name, String alias);

    ModelVersion getVersion(String name, long version);

    /** Returns the location of a version's artifacts. */
    String getStorageLocation(String name, long version);

    /** Returns models in the order of the query, then by name. */
    Page<RegisteredModel> search(Query query);

    /** Returns versions without aliases, in the order of the query, then by name, then the newest first. */
    Page<ModelVersion> searchVersions(Query query);

    /**
     * A search.
     *
     * @param pageToken the token of the page before, or null or empty for the first page
     * @param visible the models to search, or those whose versions to search
     */
    record Query(
            SearchFilter filter,
            List<OrderTerm> order,
            int maxResults,
            @Nullable String pageToken,
            VisibleModels visible) {}
}
