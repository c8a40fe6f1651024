package dev.kiroku.core.registry;

import dev.kiroku.core.search.Filter;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.List;

/**
 * Where registered models and their versions are kept. Every method is one transaction. A model or version that is not there is
 * RESOURCE_DOES_NOT_EXIST; a deleted version is not there.
 */
public interface RegistryStore {
    /** RESOURCE_ALREADY_EXISTS when the name is taken. */
    RegisteredModel create(String name, String description, List<KeyValue> tags, long now);

    RegisteredModel get(String name);

    RegisteredModel rename(String name, String newName, long now);

    RegisteredModel describe(String name, String description, long now);

    /** Deletes the model with all of its versions, for good. */
    void delete(String name);

    void setTag(String name, KeyValue tag);

    void deleteTag(String name, String key);

    /** Points an alias at a version, wherever it pointed before. */
    void setAlias(String name, String alias, long version);

    void deleteAlias(String name, String alias);

    /** INVALID_PARAMETER_VALUE when the model has no such alias, as MLflow has it. */
    ModelVersion byAlias(String name, String alias);

    /** Models by the order asked for, then by name. */
    Page<RegisteredModel> search(Query query);

    /** @param storageLocation where the artifacts are, which {@code source} may only lead to */
    record NewVersion(String name, String source, String storageLocation, String runId, String runLink, String description, List<KeyValue> tags) {}

    /** Gives the version the next number of its model: numbers are dense, and none is given twice. */
    ModelVersion createVersion(NewVersion version, long now);

    ModelVersion version(String name, long version);

    /** Where a version's artifacts are. */
    String storageLocation(String name, long version);

    ModelVersion describeVersion(String name, long version, String description, long now);

    ModelVersion moveVersion(String name, long version, Stage stage, boolean archiveOthers, long now);

    /** Deletes a version and the aliases that point at it; its number stays taken. */
    void deleteVersion(String name, long version, long now);

    void setVersionTag(String name, long version, KeyValue tag);

    void deleteVersionTag(String name, long version, String key);

    /** Versions by the order asked for, then by name, then the newest first. */
    Page<ModelVersion> searchVersions(Query query);

    record Query(Filter filter, List<OrderTerm> order, int maxResults, String pageToken) {}
}
