package dev.kiroku.cli.config;

/**
 * The value of a property, and where it comes from.
 *
 * @param text as it was written, or null for no value
 * @param origin for display: {@code flag --port}, {@code environment MLFLOW_PORT}, {@code file kiroku.yaml}, {@code default}
 */
public record Setting(Property<?> property, String text, String origin) {
    static final String DEFAULT = "default";

    /** Returns the text for display, with secrets masked; a dash for no value. */
    public String displayText() {
        return text == null ? "-" : property.isSecret() ? "***" : SecretMasker.mask(text);
    }

    /** Returns whether the value comes from a flag, the environment or the file. */
    public boolean isSet() {
        return !origin.equals(DEFAULT);
    }
}
