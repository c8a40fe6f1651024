package dev.kiroku.conformance;

import dev.kiroku.conformance.cases.ExperimentCases;
import dev.kiroku.conformance.cases.RunCases;
import dev.kiroku.conformance.cases.WireCases;
import java.util.List;

/** Everything that is compared, in the order in which it is sent. */
final class Areas {
    private Areas() {}

    static List<Area> all() {
        return List.of(
                new Area("Experiments", ExperimentCases.all()),
                new Area("Runs", RunCases.all()),
                new Area("Wire", WireCases.all()));
    }
}
