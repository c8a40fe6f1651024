package dev.kiroku.server.load;

import java.util.Map;

/**
 * A number to be watched, at this moment.
 *
 * @param type {@code gauge} or {@code counter}, as Prometheus knows them
 * @param help one sentence
 */
public record PrometheusSample(String name, String type, String help, Map<String, String> labels, double value) {
    public static PrometheusSample gauge(String name, String help, double value) {
        return new PrometheusSample(name, "gauge", help, Map.of(), value);
    }

    /** @param name ends in {@code _total} */
    public static PrometheusSample counter(String name, String help, double value) {
        return new PrometheusSample(name, "counter", help, Map.of(), value);
    }

    public PrometheusSample withLabel(String label, String text) {
        Map<String, String> more = new java.util.TreeMap<>(labels);
        more.put(label, text);
        return new PrometheusSample(name, type, help, more, value);
    }
}
