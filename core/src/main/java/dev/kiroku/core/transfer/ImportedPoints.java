package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.tracking.Validation;
import dev.kiroku.model.api.JsonPath;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.transfer.PackedPoints;
import dev.kiroku.model.transfer.TransferApi.ImportedMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Converts the metric points of a request to those that a store takes, and checks them as when they are logged. */
final class ImportedPoints {
    private static final int MAX_POINTS = 200_000;

    private ImportedPoints() {}

    static List<RunMetrics> metrics(List<ImportedMetrics> all) {
        long points = 0;
        List<RunMetrics> metrics = new ArrayList<>(all.size());
        for (ImportedMetrics run : all) {
            Validation.requireText(run.series(), PackedPoints::key, "metrics.series", "key");
            List<MetricPoints> series =
                    run.series().stream().map(ImportedPoints::unpack).toList();
            Map<String, MetricPoints> byKey = new LinkedHashMap<>();
            for (MetricPoints each : series) {
                points += each.size();
                if (points > MAX_POINTS) {
                    throw invalid("A request can contain at most %d metric points. Send them in parts.", MAX_POINTS);
                }
                byKey.merge(each.key(), each, onlyOnce());
            }
            metrics.add(new RunMetrics(run.runId(), series, Boolean.TRUE.equals(run.compare())));
        }
        return metrics;
    }

    private static BinaryOperator<MetricPoints> onlyOnce() {
        return (first, second) -> {
            throw invalid("The metric '%s' of a run occurs twice. Send its points together.", first.key());
        };
    }

    private static MetricPoints unpack(PackedPoints packed) {
        List<Metric> points = new ArrayList<>();
        packed.forEach((timestamp, step, value) -> points.add(new Metric(packed.key(), value, timestamp, step)));
        JsonPath path = JsonPath.ROOT.field("metrics");
        long[] timestamps = new long[points.size()];
        long[] steps = new long[points.size()];
        double[] values = new double[points.size()];
        Arrays.setAll(values, i -> {
            Metric point = points.get(i);
            Validation.requireMetric(point, path);
            timestamps[i] = point.timestamp();
            steps[i] = point.step();
            return point.value();
        });
        return new MetricPoints(packed.key(), timestamps, steps, values);
    }
}
