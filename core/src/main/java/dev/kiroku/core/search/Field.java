package dev.kiroku.core.search;

/**
 * What a condition or an order looks at.
 *
 * @param key for an attribute its one canonical name, whatever alias was written
 */
public record Field(Kind kind, String key) {
    public enum Kind {
        ATTRIBUTE("attributes"),
        METRIC("metrics"),
        /** The least number that a metric ever had. */
        LEAST("least"),
        /** The greatest. */
        GREATEST("greatest"),
        PARAM("params"),
        TAG("tags"),
        DATASET("datasets");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As it is written before the dot. */
        public String word() {
            return word;
        }
    }
}
