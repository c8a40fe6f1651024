package dev.kiroku.cli.config;

/**
 * What one property was set to, and by whom.
 *
 * @param text as it was written, or null where there is no value
 * @param origin for people: {@code flag --port}, {@code environment MLFLOW_PORT}, {@code file kiroku.yaml}, {@code default}
 */
public record Setting(Property<?> property, String text, String origin) {
    static final String DEFAULT = "default";

    /** The text for people, without what is secret in it; a dash where there is no value. */
    public String displayText() {
        return text == null ? "-" : property.isSecret() ? "***" : SecretMasker.mask(text);
    }

    public boolean isSet() {
        return !origin.equals(DEFAULT);
    }
}
