package dev.kiroku.core.tracking;

/** Artifact locations: URIs, or plain paths, that folders are appended to. */
public final class Locations {
    private Locations() {}

    /** Appends folders to the path of {@code location}, before its query and fragment if it has any. */
    public static String append(String location, String folders) {
        int end = location.length();
        if (location.contains(":/")) {
            for (char stop : new char[] {'?', '#'}) {
                int at = location.indexOf(stop);
                end = at >= 0 && at < end ? at : end;
            }
        }
        String path = location.substring(0, end);
        return (path.endsWith("/") ? path : path + "/") + folders + location.substring(end);
    }
}
