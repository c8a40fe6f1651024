package dev.kiroku.model.registry;

import dev.kiroku.model.KeyValue;
import java.util.List;

/**
 * A name under which versions of a model are kept.
 *
 * @param latestVersions of each stage the newest version
 */
public record RegisteredModel(
        String name,
        Long creationTimestamp,
        Long lastUpdatedTimestamp,
        String userId,
        String description,
        List<ModelVersion> latestVersions,
        List<KeyValue> tags,
        List<Alias> aliases,
        String deploymentJobId) {
    public record Alias(String alias, String version) {}
}
