package dev.kiroku.conformance;

import dev.kiroku.reference.MlflowInstallation;
import java.util.List;

/**
 * The scenarios of one part of the API.
 *
 * @param releases the releases of MLflow that they are compared with
 */
public record ScenarioGroup(String name, List<ConformanceScenario> scenarios, List<String> releases) {
    /** Creates a group that is compared with all releases. */
    ScenarioGroup(String name, List<ConformanceScenario> scenarios) {
        this(name, scenarios, MlflowInstallation.RELEASES);
    }

    List<ApiCall> calls() {
        return scenarios.stream().flatMap(scenario -> scenario.calls().stream()).toList();
    }
}
