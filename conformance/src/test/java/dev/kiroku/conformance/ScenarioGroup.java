package dev.kiroku.conformance;

import java.util.List;

/** The scenarios of one part of the API. */
public record ScenarioGroup(String name, List<ConformanceScenario> scenarios) {
    List<ApiCall> calls() {
        return scenarios.stream().flatMap(scenario -> scenario.calls().stream()).toList();
    }
}
