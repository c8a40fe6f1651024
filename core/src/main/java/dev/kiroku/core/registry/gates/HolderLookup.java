package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import java.util.Optional;

/** Finds the version that relative conditions compare with. */
@FunctionalInterface
public interface HolderLookup {
    /** Returns the holder of a target of the model that is evaluated, or empty if it never had one. */
    Optional<LastHolder> find(GateTarget target);

    /** Returns a lookup of the present holders of a model; for a target without holder, of the last one. */
    static HolderLookup present(RegistrySnapshot registry, ModelRow model) {
        return target -> {
            long holder = registry.findHolder(model, target);
            return holder == 0
                    ? registry.findLastHolder(model.name(), target)
                    : Optional.of(new LastHolder(
                            holder, registry.getFacts(model, holder).metrics()));
        };
    }
}
