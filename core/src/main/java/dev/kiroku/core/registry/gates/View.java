package dev.kiroku.core.registry.gates;

import dev.kiroku.model.registry.Gate;
import java.util.List;

/** What gates see of one model, all of it at the moment of the transaction that asks. */
public interface View {
    String model();

    /** Every gate there is. */
    List<Gate> gates();

    Facts facts(long version);

    /** The version that an alias points at, or the newest in a stage; 0 for none. */
    long holder(Target target);

    /** The aliases that point at something, and the stages but None that have a version. */
    List<Target> held();
}
