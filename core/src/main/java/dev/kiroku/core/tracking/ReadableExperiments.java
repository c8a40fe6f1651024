package dev.kiroku.core.tracking;

import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Caller;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The experiments that a request names and the caller may search in. The others are left out before the search, as in MLflow, so that they
 * answer like experiments that do not exist.
 */
final class ReadableExperiments {
    private ReadableExperiments() {}

    /**
     * Returns the readable ones among some experiments.
     *
     * @param experimentIds as the request has them
     * @param type what is searched for: {@link ResourceType#EXPERIMENT} or a type of its parts
     */
    static List<Long> of(List<String> experimentIds, ResourceType type, Caller caller, ExperimentStore store) {
        List<Long> ids =
                experimentIds.stream().map(Validation::parseExperimentId).toList();
        VisibleResources visible = caller.rights().visible(type);
        if (visible.isAll() || ids.isEmpty()) {
            return ids;
        }
        if (visible.isNone()) {
            return List.of();
        }
        Map<Long, String> names = store.findNames(ids);
        Predicate<ResourceKey> readable = visible.filter();
        return ids.stream()
                .filter(names::containsKey)
                .filter(id -> readable.test(ResourceKey.experiment(id.toString(), names.get(id))))
                .toList();
    }
}
