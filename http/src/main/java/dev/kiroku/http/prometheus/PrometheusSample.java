package dev.kiroku.http.prometheus;

import java.util.Map;
import java.util.TreeMap;

/**
 * The value of a gauge or counter at one moment.
 *
 * @param name the metric's name
 * @param type {@code gauge} or {@code counter}
 * @param help a sentence that describes the metric
 * @param labels names and values, unescaped
 */
public record PrometheusSample(String name, String type, String help, Map<String, String> labels, double value) {
    /** Returns a sample of a gauge without labels. */
    public static PrometheusSample gauge(String name, String help, double value) {
        return new PrometheusSample(name, "gauge", help, Map.of(), value);
    }

    /**
     * Returns a sample of a counter without labels.
     *
     * @param name ends in {@code _total}
     */
    public static PrometheusSample counter(String name, String help, double value) {
        return new PrometheusSample(name, "counter", help, Map.of(), value);
    }

    /** Returns a copy of this sample with one more label. */
    public PrometheusSample withLabel(String label, String text) {
        Map<String, String> more = new TreeMap<>(labels);
        more.put(label, text);
        return new PrometheusSample(name, type, help, more, value);
    }
}
