package dev.kiroku.transfer.destination;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Dataset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Estimates how much of a request a record takes: its characters, and a number of bytes for each field, so that short fields count for what
 * the server's limit on the parts of a JSON text allows.
 */
final class RecordSizes {
    private static final int PER_PAIR = 100;
    private static final int PER_RECORD = 400;
    private static final int PER_METRIC = 200;
    private static final int PER_POINT = 32;
    private static final int METRICS_PER_PART = 5000;
    private static final int VERSIONS_PER_PART = 2000;

    private RecordSizes() {}

    static long of(ExperimentRecord e) {
        return PER_RECORD + pairs(e.tags());
    }

    static long of(RunRecord run) {
        long size = PER_RECORD + pairs(run.params()) + pairs(run.tags());
        for (var input : run.datasets()) {
            Dataset dataset = input.dataset();
            size += PER_RECORD
                    + length(dataset.source())
                    + length(dataset.schema())
                    + length(dataset.profile())
                    + pairs(input.tags());
        }
        return size
                + (long) PER_PAIR
                        * (run.modelInputs().size() + run.modelOutputs().size());
    }

    static long of(RunMetrics run) {
        return PER_RECORD
                + PER_POINT * run.size()
                + (long) PER_PAIR * run.series().size();
    }

    static long of(LoggedModelRecord m) {
        return PER_RECORD
                + length(m.statusMessage())
                + pairs(m.params())
                + pairs(m.tags())
                + (long) PER_METRIC * m.metrics().size();
    }

    static long of(RegisteredModelRecord m) {
        long size = PER_RECORD + length(m.description()) + pairs(m.tags());
        for (Version version : m.versions()) {
            size += PER_RECORD + length(version.description()) + length(version.source()) + pairs(version.tags());
        }
        return size + (long) PER_PAIR * m.aliases().size();
    }

    static long of(WebhookRecord w) {
        return PER_RECORD + (long) PER_PAIR * w.events().size();
    }

    private static long pairs(List<KeyValue> pairs) {
        long size = 0;
        for (KeyValue pair : pairs) {
            size += PER_PAIR + length(pair.key()) + length(pair.value());
        }
        return size;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** Returns a model, or several with a part of its metrics each if it has many. */
    static List<LoggedModelRecord> parts(LoggedModelRecord model) {
        if (model.metrics().size() <= METRICS_PER_PART) {
            return List.of(model);
        }
        List<LoggedModelRecord> parts = new ArrayList<>();
        for (int from = 0; from < model.metrics().size(); from += METRICS_PER_PART) {
            int to = Math.min(model.metrics().size(), from + METRICS_PER_PART);
            parts.add(model.withDetails(
                    model.params(), model.tags(), model.metrics().subList(from, to)));
        }
        return parts;
    }

    /** Returns a model, or several with a part of its versions each if it has many. Aliases of versions that do not exist are left out. */
    static List<RegisteredModelRecord> parts(RegisteredModelRecord model) {
        List<RegisteredModelRecord> parts = new ArrayList<>();
        for (int from = 0; from == 0 || from < model.versions().size(); from += VERSIONS_PER_PART) {
            List<Version> versions =
                    model.versions().subList(from, Math.min(model.versions().size(), from + VERSIONS_PER_PART));
            List<Long> numbers = versions.stream().map(Version::version).toList();
            parts.add(model.with(
                    versions,
                    model.aliases().stream()
                            .filter(alias -> numbers.contains(alias.version()))
                            .toList()));
        }
        return parts;
    }
}
