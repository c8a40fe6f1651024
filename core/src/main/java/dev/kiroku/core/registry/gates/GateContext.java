package dev.kiroku.core.registry.gates;

import dev.kiroku.model.registry.Gate;
import java.util.List;

/** What gates see of one model, all of it at the moment of the transaction that asks. */
public interface GateContext {
    String model();

    /** Every gate there is. */
    List<Gate> gates();

    VersionFacts getFacts(long version);

    /** The version that an alias points at, or the newest in a stage; 0 for none. */
    long findHolder(GateTarget target);

    /** The aliases that point at something, and the stages but None that have a version. */
    List<GateTarget> listTargets();
}
