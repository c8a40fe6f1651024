package dev.kiroku.model.registry;

import dev.kiroku.model.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name under which versions of a model are registered.
 *
 * @param creationTimestamp milliseconds since 1970
 * @param latestVersions the newest version of each stage
 */
public record RegisteredModel(
        String name,
        Long creationTimestamp,
        Long lastUpdatedTimestamp,
        @Nullable String userId,
        @Nullable String description,
        List<ModelVersion> latestVersions,
        List<KeyValue> tags,
        List<Alias> aliases,
        @Nullable String deploymentJobId) {
    /** An alias and the version that it points at. */
    public record Alias(String alias, String version) {}

    /** Returns this model without its versions. */
    public RegisteredModel withoutVersions() {
        return new RegisteredModel(
                name,
                creationTimestamp,
                lastUpdatedTimestamp,
                userId,
                description,
                List.of(),
                tags,
                aliases,
                deploymentJobId);
    }
}
