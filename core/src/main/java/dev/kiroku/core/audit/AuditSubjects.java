package dev.kiroku.core.audit;

/** The subjects of audit log entries about the registry, which have the form of MLflow's model URIs. */
public final class AuditSubjects {
    private AuditSubjects() {}

    /** Returns {@code models:/name}. */
    public static String model(String name) {
        return "models:/" + name;
    }

    /** Returns {@code models:/name/version}. */
    public static String version(String name, long version) {
        return "models:/" + name + "/" + version;
    }

    /** Returns {@code models:/name@alias}. */
    public static String alias(String name, String alias) {
        return "models:/" + name + "@" + alias;
    }
}
