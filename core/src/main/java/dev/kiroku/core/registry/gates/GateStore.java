package dev.kiroku.core.registry.gates;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import java.util.List;

/** Where gates are kept, and where a version is held against them without anything being changed. */
public interface GateStore {
    /** All, by name. */
    List<Gate> list();

    /** Replaces all gates, as {@link GateApi.ApplyGatesRequest} says. */
    GateApi.ApplyGatesResponse replace(List<Gate> gates, String expectedRevision, boolean dryRun, ChangeContext change);

    /** @param target null for all that have a gate */
    List<GateResult> check(String model, long version, GateTarget target);
}
