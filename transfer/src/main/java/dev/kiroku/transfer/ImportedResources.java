package dev.kiroku.transfer;

import java.util.Map;

/**
 * What grants of a source can name: the experiments and models that an import has brought.
 *
 * @param experiments the ids in the store by those in the source
 * @param models registered models and prompts by their names in the source
 */
public record ImportedResources(Map<Long, Long> experiments, Map<String, Model> models) {
    /** A registered model or prompt with its name in the store. */
    public record Model(String name, boolean prompt) {}
}
