package dev.kiroku.core.transfer;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.model.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered model, or a prompt, with its versions and aliases. A prompt is a registered model with the tag {@code mlflow.prompt.is_prompt}.
 *
 * @param creationTime milliseconds since 1970
 * @param lastVersion the greatest version number that was ever used, also by a version that is deleted; 0 if there was none
 * @param versions in ascending order
 */
public record RegisteredModelRecord(
        String name,
        @Nullable String description,
        long creationTime,
        long lastUpdateTime,
        long lastVersion,
        List<KeyValue> tags,
        List<Version> versions,
        List<Alias> aliases) {
    /**
     * A model version.
     *
     * @param source as the client named it
     * @param storageLocation where the files of the version are
     */
    public record Version(
            long version,
            long creationTime,
            long lastUpdateTime,
            @Nullable String description,
            Stage stage,
            String source,
            String storageLocation,
            @Nullable String runId,
            @Nullable String runLink,
            List<KeyValue> tags) {}

    /** An alias and the version that it points at. */
    public record Alias(String alias, long version) {}

    /** Returns the model with another name. */
    public RegisteredModelRecord named(String otherName) {
        return new RegisteredModelRecord(
                otherName, description, creationTime, lastUpdateTime, lastVersion, tags, versions, aliases);
    }

    /** Returns the model with other versions and aliases. */
    public RegisteredModelRecord with(List<Version> otherVersions, List<Alias> otherAliases) {
        return new RegisteredModelRecord(
                name, description, creationTime, lastUpdateTime, lastVersion, tags, otherVersions, otherAliases);
    }
}
