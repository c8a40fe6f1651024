package dev.kiroku.cli.config;

/**
 * One thing that can be configured. Its name is the flag without dashes and the key in the configuration file.
 *
 * @param shortFlag such as {@code -p}, or null
 * @param env the environment variable that sets it, or null
 * @param type how its text is read
 * @param defaultText what holds when nobody says anything, or null for no value
 * @param help one or two sentences for a person, ending in a full stop
 * @param topic the heading it stands under in help and documentation
 */
public record Property<T>(
        String name, String shortFlag, String env, ValueType<T> type, String defaultText, String help, Topic topic) {
    /** Headings of the help, in its order. */
    public enum Topic {
        STORAGE("Storage"),
        NETWORK("Network"),
        LIMITS("Limits"),
        SECURITY("Security"),
        LOGGING("Logging"),
        WITHOUT_EFFECT("Accepted for MLflow's sake, with a warning and no effect"),
        REFUSED("Refused, with the reason");

        private final String heading;

        Topic(String heading) {
            this.heading = heading;
        }

        public String heading() {
            return heading;
        }
    }

    public String flag() {
        return "--" + name;
    }

    /** Whether its value must not be shown. */
    public boolean isSecret() {
        return type == ValueType.SECRET_KEY;
    }

    /** For a switch, the flag that says no. */
    public String oppositeFlag() {
        return name.startsWith("enable-") ? "--disable-" + name.substring("enable-".length()) : "--no-" + name;
    }

    /** What a value of this property is called in help, such as {@code URI}; null for a switch. */
    public String label() {
        return type.label();
    }
}
