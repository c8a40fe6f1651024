package dev.kiroku.cli.config;

/**
 * A configuration property. Its name is the flag without dashes and the key in the configuration file.
 *
 * @param shortFlag such as {@code -p}, or null
 * @param env the environment variable that sets it, or null
 * @param type how its text is parsed
 * @param defaultText the default, or null for no value
 * @param help one or two sentences that end in a full stop
 * @param topic the heading in the help and in the documentation
 */
public record Property<T>(
        String name, String shortFlag, String env, ValueType<T> type, String defaultText, String help, Topic topic) {
    /** The headings of the help, in its order. */
    public enum Topic {
        STORAGE("Storage"),
        NETWORK("Network"),
        LIMITS("Limits"),
        SECURITY("Security"),
        LOGGING("Logging"),
        WITHOUT_EFFECT("Accepted for compatibility with MLflow, with a warning and without effect"),
        REFUSED("Not supported: the server does not start with these");

        private final String heading;

        Topic(String heading) {
            this.heading = heading;
        }

        /** Returns the text of the heading. */
        public String heading() {
            return heading;
        }
    }

    /** Returns the flag, such as {@code --port}. */
    public String flag() {
        return "--" + name;
    }

    /** Returns whether the value must not be printed or logged. */
    public boolean isSecret() {
        return type == ValueType.SECRET_KEY || type == ValueType.SECRET || type == ValueType.PASSWORD;
    }

    /** Returns the flag that turns a switch off. */
    public String oppositeFlag() {
        return name.startsWith("enable-") ? "--disable-" + name.substring("enable-".length()) : "--no-" + name;
    }

    /** Returns the placeholder of the value in the help, such as {@code URI}; null for a switch. */
    public String label() {
        return type.label();
    }
}
