package dev.kiroku.core.search;

/**
 * The field that a condition compares or that a result is ordered by.
 *
 * @param key the key of a metric, param or tag; for an attribute its canonical name, not an alias
 */
public record SearchField(Kind kind, String key) {
    /** The kinds of fields. */
    public enum Kind {
        ATTRIBUTE("attributes"),
        METRIC("metrics"),
        /** The minimum of a metric. */
        METRIC_MIN("least"),
        /** The maximum of a metric. */
        METRIC_MAX("greatest"),
        PARAM("params"),
        TAG("tags"),
        DATASET("datasets");

        private final String prefix;

        Kind(String word) {
            this.prefix = word;
        }

        /** Returns the word before the dot, such as {@code metrics}. */
        public String prefix() {
            return prefix;
        }
    }
}
