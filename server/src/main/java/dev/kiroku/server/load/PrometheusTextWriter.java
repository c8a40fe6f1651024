package dev.kiroku.server.load;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes Prometheus' text format, version 0.0.4. */
final class PrometheusTextWriter {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(16 << 10);
    private final Set<String> describedNames = new HashSet<>();

    /** Samples of one name must come one after the other. */
    void add(PrometheusSample sample) {
        writeHeader(sample.name(), sample.type(), sample.help());
        writeSample(sample.name(), sample.labels(), sample.value());
    }

    void writeHeader(String name, String type, String help) {
        if (describedNames.add(name)) {
            text.append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(help)
                    .append("\n# TYPE ")
                    .append(name)
                    .append(' ')
                    .append(type)
                    .append('\n');
        }
    }

    void writeSample(String name, Map<String, String> labels, double value) {
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

    @Override
    public String toString() {
        return text.toString();
    }
}
