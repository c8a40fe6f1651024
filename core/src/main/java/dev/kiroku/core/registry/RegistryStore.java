package dev.kiroku.core.registry;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.VersionFacts;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.List;

/**
 * Where registered models and their versions are kept. Every method is one transaction. A model or version that is not there is
 * RESOURCE_DOES_NOT_EXIST; a deleted version is not there. What changes something is in the audit log from the same moment on; what gates do not
 * let happen is PERMISSION_DENIED.
 */
public interface RegistryStore {
    /** RESOURCE_ALREADY_EXISTS when the name is taken. */
    RegisteredModel create(String name, String description, List<KeyValue> tags, ChangeContext change);

    RegisteredModel get(String name);

    RegisteredModel rename(String name, String newName, ChangeContext change);

    RegisteredModel updateDescription(String name, String description, ChangeContext change);

    /** Deletes the model with all of its versions, for good. */
    void delete(String name, ChangeContext change);

    void setTag(String name, KeyValue tag, ChangeContext change);

    void deleteTag(String name, String key, ChangeContext change);

    /**
     * Points an alias at a version.
     *
     * @param expected where the alias must point until now, 0 for nowhere, or null when that does not matter; RESOURCE_CONFLICT when it
     *     points elsewhere
     */
    void setAlias(String name, String alias, long version, Long expected, ChangeContext change);

    /** @param expected as for {@link #setAlias} */
    void deleteAlias(String name, String alias, Long expected, ChangeContext change);

    /** INVALID_PARAMETER_VALUE when the model has no such alias, as MLflow has it. */
    ModelVersion getVersionByAlias(String name, String alias);

    /** Models by the order asked for, then by name. */
    Page<RegisteredModel> search(Query query);

    /**
     * @param storageLocation where the artifacts are, which {@code source} may only lead to
     * @param contents what the MLmodel file there says, or null when that is not known
     */
    record NewVersion(
            String name,
            String source,
            String storageLocation,
            String runId,
            String runLink,
            String description,
            List<KeyValue> tags,
            VersionFacts.MlmodelSummary mlmodel) {}

    /** Gives the version the next number of its model: numbers are dense, and none is given twice. */
    ModelVersion createVersion(NewVersion version, ChangeContext change);

    ModelVersion getVersion(String name, long version);

    /** Where a version's artifacts are. */
    String getStorageLocation(String name, long version);

    ModelVersion updateVersionDescription(String name, long version, String description, ChangeContext change);

    ModelVersion transitionStage(String name, long version, Stage stage, boolean archiveOthers, ChangeContext change);

    /** Deletes a version and the aliases that point at it; its number stays taken. */
    void deleteVersion(String name, long version, ChangeContext change);

    void setVersionTag(String name, long version, KeyValue tag, ChangeContext change);

    void deleteVersionTag(String name, long version, String key, ChangeContext change);

    /** Versions by the order asked for, then by name, then the newest first. */
    Page<ModelVersion> searchVersions(Query query);

    record Query(SearchFilter filter, List<OrderTerm> order, int maxResults, String pageToken) {}
}
