package dev.kiroku.core.guard;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kiroku.core.access.ResourceKeyLookup;
import dev.kiroku.core.guard.ResourceIndex.ExperimentName;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys of resources in the database. The experiment of a run or logged model never changes, so it is read once; the name of an
 * experiment is read again when the {@linkplain dev.kiroku.model.access.AccessRights#sharedVersion version} has changed. Thread-safe.
 */
public final class StoredResourceKeys implements ResourceKeyLookup {
    private static final int CACHED_PARTS = 100_000;
    private static final int CACHED_NAMES = 20_000;

    private final ResourceIndex index;
    private final Cache<String, Long> runs =
            Caffeine.newBuilder().maximumSize(CACHED_PARTS).build();
    private final Cache<String, Long> models =
            Caffeine.newBuilder().maximumSize(CACHED_PARTS).build();
    private final Cache<Long, ExperimentName> names =
            Caffeine.newBuilder().maximumSize(CACHED_NAMES).build();

    /** Creates a lookup in a database. */
    public StoredResourceKeys(ResourceIndex index) {
        this.index = index;
    }

    /**
     * A resource that a request names.
     *
     * @param exists whether there is one; if not, the key has what is known of it, by which grants match it
     */
    record Found(ResourceKey key, boolean exists) {}

    @Override
    public ResourceKey get(ResourceType type, String idOrName) {
        return switch (type) {
            case EXPERIMENT -> experiment(idOrName, OptionalLong.empty()).key();
            case RUN, LOGGED_MODEL -> part(type, idOrName, OptionalLong.empty()).key();
            case MODEL_VERSION, PROMPT_VERSION -> namedVersion(type, idOrName);
            default -> ResourceKey.named(type, idOrName);
        };
    }

    /** Returns the key of a version that is named by its model, a slash and a number. Names of models have no slash. */
    private static ResourceKey namedVersion(ResourceType type, String text) {
        int slash = text.lastIndexOf('/');
        String model = slash < 0 ? text : text.substring(0, slash);
        ResourceType container =
                type == ResourceType.PROMPT_VERSION ? ResourceType.PROMPT : ResourceType.REGISTERED_MODEL;
        return ResourceKey.named(container, model).child(type, slash < 0 ? null : text.substring(slash + 1));
    }

    /**
     * Returns an experiment by its ID, or by its name if the text is not a number.
     *
     * @param version of the rights for which the key is needed
     */
    Found experiment(String idOrName, OptionalLong version) {
        Optional<Long> id = parseId(idOrName);
        return id.isPresent() ? experiment(id.get(), version) : experimentByName(idOrName);
    }

    private Found experiment(long id, OptionalLong version) {
        ExperimentName known = names.getIfPresent(id);
        if (known == null || version.isEmpty() || known.sharedVersion() != version.getAsLong()) {
            known = index.findExperimentName(id).orElse(null);
            if (known != null) {
                names.put(id, known);
            }
        }
        return new Found(ResourceKey.experiment(Long.toString(id), known == null ? null : known.name()), known != null);
    }

    /** Returns an experiment by its name, whatever characters it has. */
    Found experimentByName(String name) {
        Optional<Long> id = index.findExperiment(name);
        return new Found(
                new ResourceKey(
                        ResourceType.EXPERIMENT, id.map(Object::toString).orElse(null), name, null),
                id.isPresent());
    }

    /** Reads an ID as the operations on experiments do. */
    private static Optional<Long> parseId(String text) {
        try {
            return Optional.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns a run or a logged model by its ID. */
    Found part(ResourceType type, String id, OptionalLong version) {
        Long experiment = (type == ResourceType.RUN ? runs : models).getIfPresent(id);
        return experiment == null
                ? Objects.requireNonNull(parts(type, Set.of(id), version).get(id))
                : new Found(experiment(experiment, version).key().child(type, id), true);
    }

    /** Returns runs or logged models by their IDs, with at most one statement for all and one for each of their experiments. */
    Map<String, Found> parts(ResourceType type, Collection<String> ids, OptionalLong version) {
        Map<String, Long> experiments = type == ResourceType.RUN
                ? experiments(ids, runs, index::findExperimentsOfRuns)
                : experiments(ids, models, index::findExperimentsOfModels);
        Map<String, Found> found = new HashMap<>();
        Map<Long, ResourceKey> containers = new HashMap<>();
        for (String id : ids) {
            Long experiment = experiments.get(id);
            found.put(
                    id,
                    experiment == null
                            ? new Found(ResourceKey.unknown(type), false)
                            : new Found(
                                    containers
                                            .computeIfAbsent(
                                                    experiment,
                                                    each -> experiment(each, version)
                                                            .key())
                                            .child(type, id),
                                    true));
        }
        return found;
    }

    private static Map<String, Long> experiments(
            Collection<String> ids, Cache<String, Long> cache, Function<Collection<String>, Map<String, Long>> read) {
        Map<String, Long> known = new HashMap<>(cache.getAllPresent(ids));
        Set<String> unknown = new LinkedHashSet<>(ids);
        unknown.removeAll(known.keySet());
        if (!unknown.isEmpty()) {
            Map<String, Long> more = read.apply(unknown);
            cache.putAll(more);
            known.putAll(more);
        }
        return known;
    }

    /** Returns a registered model, which may be a prompt. A name that nothing has is that of a model. */
    Found model(String name) {
        Optional<Boolean> prompt = index.findIsPrompt(name);
        return new Found(
                prompt.orElse(false) ? ResourceKey.prompt(name) : ResourceKey.registeredModel(name),
                prompt.isPresent());
    }

    /**
     * Returns a version of a registered model or prompt.
     *
     * @param version null if the request is about all versions, or about one that the server chooses
     */
    Found version(String name, @Nullable String version) {
        Found model = model(name);
        ResourceType type =
                model.key().type() == ResourceType.PROMPT ? ResourceType.PROMPT_VERSION : ResourceType.MODEL_VERSION;
        return new Found(model.key().child(type, version), model.exists());
    }

    /** Returns the approval request of an ID. */
    Found approval(String id) {
        Optional<String> model = parseId(id).flatMap(index::findModelOfApproval);
        return new Found(
                model.map(name -> model(name).key().child(ResourceType.APPROVAL_REQUEST, id))
                        .orElseGet(() -> ResourceKey.unknown(ResourceType.REGISTERED_MODEL)
                                .child(ResourceType.APPROVAL_REQUEST, null)),
                model.isPresent());
    }

    /** Returns a resource that nothing contains and that is identified by its ID. */
    Found byId(ResourceType type, String id) {
        return new Found(ResourceKey.named(type, id), index.exists(type, id));
    }
}
