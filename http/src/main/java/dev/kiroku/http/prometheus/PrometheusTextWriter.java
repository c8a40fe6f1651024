package dev.kiroku.http.prometheus;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writer of Prometheus' text exposition format, version 0.0.4. Not thread-safe. */
public final class PrometheusTextWriter {
    /** The media type of the format. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(16 << 10);
    private final Set<String> described = new HashSet<>();

    /** Writes samples. Those of one metric are written one after the other, as the format requires, wherever they stand in the collection. */
    public void write(Collection<PrometheusSample> samples) {
        samples.stream()
                .collect(Collectors.groupingBy(PrometheusSample::name, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(metric -> metric.forEach(this::write));
    }

    private void write(PrometheusSample sample) {
        writeHeader(sample.name(), sample.type(), sample.help());
        writeLine(sample.name(), sample.labels(), sample.value());
    }

    /** Writes a histogram: its cumulative buckets, sum and count. Histograms of one name must be written one after the other. */
    public void write(String name, String help, Map<String, String> labels, Histogram histogram) {
        writeHeader(name, "histogram", help);
        Map<String, String> bucketLabels = new LinkedHashMap<>(labels);
        long count = 0;
        for (int i = 0; i < histogram.size(); i++) {
            count += histogram.count(i);
            bucketLabels.put("le", histogram.label(i));
            writeLine(name + "_bucket", bucketLabels, count);
        }
        writeLine(name + "_sum", labels, histogram.sum());
        writeLine(name + "_count", labels, count);
    }

    private void writeHeader(String name, String type, String help) {
        if (described.add(name)) {
            text.append("# HELP ").append(name).append(' ').append(help).append('\n');
            text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }
    }

    private void writeLine(String name, Map<String, String> labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append(labels.entrySet().stream()
                    .map(label -> label.getKey() + "=\"" + escapeLabelValue(label.getValue()) + "\"")
                    .collect(Collectors.joining(",", "{", "}")));
        }
        text.append(' ').append(formatValue(value)).append('\n');
    }

    private static String formatValue(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String escapeLabelValue(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /** Returns the text written so far. */
    @Override
    public String toString() {
        return text.toString();
    }
}
