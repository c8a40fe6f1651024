package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.SearchField;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The keys that the conditions of gates read. */
record GateInputs(
        Set<String> metrics, Set<String> params, Set<String> tags, Set<String> versionTags, Set<String> holderMetrics) {
    private static final String VERSION_TAGS = "tags.";

    static GateInputs of(Collection<ParsedGate> gates) {
        var inputs =
                new GateInputs(new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>());
        gates.stream().flatMap(gate -> gate.conditions().stream()).forEach(parsed -> {
            inputs.add(parsed.condition().field());
            if (parsed.condition().operand() instanceof Operand.Reference reference) {
                inputs.holderMetrics.add(reference.metric());
            }
        });
        return inputs;
    }

    private void add(SearchField field) {
        switch (field.kind()) {
            case METRIC -> metrics.add(field.key());
            case PARAM -> params.add(field.key());
            case TAG -> tags.add(field.key());
            default -> {
                if (field.key().startsWith(VERSION_TAGS)) {
                    versionTags.add(field.key().substring(VERSION_TAGS.length()));
                }
            }
        }
    }

    /** Returns whether a condition reads a metric of a version, or of the version that it compares with. */
    boolean readsMetric(String key) {
        return metrics.contains(key) || holderMetrics.contains(key);
    }

    /** Returns the part of a version's facts that the conditions read. */
    VersionFacts restrict(VersionFacts facts) {
        return new VersionFacts(
                facts.version(),
                facts.runId(),
                restrict(facts.metrics(), metrics),
                restrict(facts.params(), params),
                restrict(facts.tags(), tags),
                restrict(facts.versionTags(), versionTags),
                facts.description(),
                facts.mlmodel(),
                facts.unrelatedRunId());
    }

    /** Returns the part of a holder's metrics that the conditions read. */
    LastHolder restrict(LastHolder holder) {
        return new LastHolder(holder.version(), restrict(holder.metrics(), holderMetrics));
    }

    private static <T> Map<String, T> restrict(Map<String, T> values, Set<String> keys) {
        Map<String, T> restricted = new HashMap<>();
        for (String key : keys) {
            T value = values.get(key);
            if (value != null) {
                restricted.put(key, value);
            }
        }
        return restricted;
    }
}
