package dev.kiroku.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of the comparison, counted by group and server. */
final class ConformanceReport {
    private final Map<String, List<Comparison>> comparisons = new LinkedHashMap<>();

    void add(ScenarioGroup area, ConformanceServer target, Comparison comparison) {
        comparisons
                .computeIfAbsent(area.name() + " | " + target.name(), _ -> new ArrayList<>())
                .add(comparison);
    }

    /** Returns the counts of this test run as a Markdown table. */
    String measured() {
        StringBuilder text = new StringBuilder(
                "| Area | Server | Calls | Agree | Differ as listed | Differ otherwise |\n|---|---|---|---|---|---|\n");
        comparisons.forEach((name, list) -> text.append("| %s | %d | %d | %d | %d |%n"
                .formatted(
                        name,
                        list.size(),
                        list.stream().filter(Comparison::agrees).count(),
                        list.stream()
                                .filter(one -> !one.agrees() && one.isAsDeclared())
                                .count(),
                        list.stream()
                                .filter(one -> !one.agrees() && !one.isAsDeclared())
                                .count())));
        return text.toString();
    }

    /** Returns every call with the response of the reference, and Kiroku's where it differs. */
    String answers() {
        StringBuilder text = new StringBuilder();
        comparisons.forEach((name, list) -> {
            text.append("# ").append(name).append('\n');
            list.forEach(one -> text.append(one.agrees() ? one.call() + "\n    " + one.expected() : one)
                    .append('\n'));
        });
        return text.toString();
    }
}
