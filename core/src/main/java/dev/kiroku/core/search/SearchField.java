package dev.kiroku.core.search;

/**
 * What a condition or an order looks at.
 *
 * @param key for an attribute its one canonical name, whatever alias was written
 */
public record SearchField(Kind kind, String key) {
    public enum Kind {
        ATTRIBUTE("attributes"),
        METRIC("metrics"),
        /** The least number that a metric ever had. */
        METRIC_MIN("least"),
        /** The greatest. */
        METRIC_MAX("greatest"),
        PARAM("params"),
        TAG("tags"),
        DATASET("datasets");

        private final String prefix;

        Kind(String word) {
            this.prefix = word;
        }

        /** As it is written before the dot. */
        public String prefix() {
            return prefix;
        }
    }
}
