package dev.kiroku.cli;

/** Which versions this program speaks of. */
final class ProgramVersion {
    private ProgramVersion() {}

    /** Kiroku's own, from the manifest of its jar; "development" when it runs from a folder of classes. */
    static String current() {
        String version = ProgramVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
