package dev.kiroku.core.registry.store;

import dev.kiroku.model.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model version to create.
 *
 * @param name the name of the registered model
 * @param source the URI that the client gave; a model URI by alias is resolved to a version
 * @param storageLocation the location of the artifacts, to which {@code source} resolves
 * @param mlmodel the content of the MLmodel file, or null if it could not be read
 */
public record NewVersion(
        String name,
        String source,
        String storageLocation,
        @Nullable String runId,
        @Nullable String runLink,
        @Nullable String description,
        List<KeyValue> tags,
        VersionFacts.@Nullable MlmodelSummary mlmodel) {}
