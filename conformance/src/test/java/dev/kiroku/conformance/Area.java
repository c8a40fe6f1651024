package dev.kiroku.conformance;

import java.util.List;

/** The scenarios about one part of the API. */
public record Area(String name, List<Scenario> scenarios) {
    List<Call> calls() {
        return scenarios.stream().flatMap(scenario -> scenario.calls().stream()).toList();
    }
}
