package dev.kiroku.core.tracking;

import dev.kiroku.core.access.ResourceKeyLookup;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.tracking.Experiment;
import java.util.Optional;
import java.util.function.Supplier;

/** Finds the keys of experiments and of what is in them in the stores; other resources are identified by their names. Thread-safe. */
public final class StoredResourceKeys implements ResourceKeyLookup {
    private static final int MAX_ID_DIGITS = 18;

    private final ExperimentStore experiments;
    private final RunStore runs;
    private final LoggedModelStore models;

    /** Creates a lookup in stores. */
    public StoredResourceKeys(ExperimentStore experiments, RunStore runs, LoggedModelStore models) {
        this.experiments = experiments;
        this.runs = runs;
        this.models = models;
    }

    @Override
    public ResourceKey get(ResourceType type, String idOrName) {
        return switch (type) {
            case EXPERIMENT -> experiment(idOrName);
            case RUN -> part(type, idOrName, () -> runs.get(idOrName).info().experimentId());
            case LOGGED_MODEL ->
                part(type, idOrName, () -> models.get(idOrName, false).info().experimentId());
            case MODEL_VERSION, PROMPT_VERSION -> version(type, idOrName);
            default -> ResourceKey.named(type, idOrName);
        };
    }

    private ResourceKey experiment(String idOrName) {
        boolean isId = idOrName.length() <= MAX_ID_DIGITS
                && !idOrName.isEmpty()
                && idOrName.chars().allMatch(c -> c >= '0' && c <= '9');
        Optional<Experiment> found =
                isId ? find(() -> experiments.get(Long.parseLong(idOrName))) : experiments.findByName(idOrName);
        return found.map(experiment -> ResourceKey.experiment(experiment.experimentId(), experiment.name()))
                .orElseGet(() -> isId
                        ? ResourceKey.experiment(idOrName, null)
                        : new ResourceKey(ResourceType.EXPERIMENT, null, idOrName, null));
    }

    private ResourceKey part(ResourceType type, String id, Supplier<String> experimentId) {
        return find(experimentId)
                .map(found -> experiment(found).child(type, id))
                .orElseGet(() -> ResourceKey.unknown(type));
    }

    /** Returns the key of a version that is named by its model, a slash and a number. Names of models have no slash. */
    private static ResourceKey version(ResourceType type, String text) {
        int slash = text.lastIndexOf('/');
        String model = slash < 0 ? text : text.substring(0, slash);
        ResourceType container =
                type == ResourceType.PROMPT_VERSION ? ResourceType.PROMPT : ResourceType.REGISTERED_MODEL;
        return ResourceKey.named(container, model).child(type, slash < 0 ? null : text.substring(slash + 1));
    }

    private static <T> Optional<T> find(Supplier<T> read) {
        try {
            return Optional.of(read.get());
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
