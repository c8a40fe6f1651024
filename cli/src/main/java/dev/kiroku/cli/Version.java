package dev.kiroku.cli;

/** Which versions this program speaks of. */
final class Version {
    private Version() {}

    /** Kiroku's own, from the manifest of its jar; "development" when it runs from a folder of classes. */
    static String ofKiroku() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
