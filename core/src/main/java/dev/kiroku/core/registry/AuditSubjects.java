package dev.kiroku.core.registry;

/** How the audit log calls what was changed: as MLflow's model URIs do. */
public final class AuditSubjects {
    private AuditSubjects() {}

    public static String model(String name) {
        return "models:/" + name;
    }

    public static String version(String name, long version) {
        return "models:/" + name + "/" + version;
    }

    public static String alias(String name, String alias) {
        return "models:/" + name + "@" + alias;
    }
}
