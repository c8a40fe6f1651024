package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Set;

/** Artifact locations: URIs, or plain paths, of the folders that hold the artifacts of experiments and runs. */
public final class ArtifactLocations {
    private static final int MAX_LENGTH = 2048;
    private static final Set<String> SCHEMES = Set.of(
            "mlflow-artifacts",
            "s3",
            "r2",
            "b2",
            "gs",
            "wasb",
            "wasbs",
            "abfs",
            "abfss",
            "hdfs",
            "viewfs",
            "ftp",
            "sftp",
            "dbfs",
            "oss",
            "file",
            "http",
            "https");

    private ArtifactLocations() {}

    /**
     * Checks an artifact location that a client has chosen for an experiment. A location that passes is recorded; whether this server opens it
     * is decided by what the operator has configured.
     *
     * @return the location as it is recorded
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it is not a location that MLflow accepts, or if it contains a password
     */
    public static String validate(String location) {
        if (location.length() > MAX_LENGTH) {
            throw invalid(
                    "Invalid artifact path length. The length of the artifact path cannot be greater than %d characters.",
                    MAX_LENGTH);
        }
        if (location.contains("#") || location.contains(";")) {
            throw invalid("'artifact_location' URL can't include fragments or params.");
        }
        if (location.chars().anyMatch(c -> c < ' ' || c == 0x7F) || location.indexOf('\\') >= 0) {
            throw invalid("'artifact_location' has a backslash or a control character in it.");
        }
        String path = location;
        int colon = location.indexOf(':');
        if (colon > 1) {
            String scheme = location.substring(0, colon);
            if (!SCHEMES.contains(scheme)) {
                throw invalid(
                        "'artifact_location' has a scheme that is not known: '%s'.",
                        scheme.length() > 40 ? scheme.substring(0, 40) : scheme);
            }
            try {
                URI uri = new URI(location);
                path = uri.getPath() == null ? uri.getSchemeSpecificPart() : uri.getPath();
                if (uri.getUserInfo() != null) {
                    throw invalid(
                            "'artifact_location' must not hold a user name or password: anyone who sees the experiment would see them.");
                }
            } catch (URISyntaxException e) {
                throw invalid("'artifact_location' is not a URI: %s.", e.getReason());
            }
        }
        if (Arrays.asList(path.split("/")).contains("..")) {
            throw invalid("'artifact_location' must not have '..' in its path.");
        }
        return location;
    }

    /** Returns {@code location} with {@code folders} appended to its path, before its query and fragment if it is a URI that has any. */
    public static String append(String location, String folders) {
        int end = location.length();
        if (location.contains(":/")) {
            for (char delimiter : new char[] {'?', '#'}) {
                int position = location.indexOf(delimiter);
                end = position >= 0 && position < end ? position : end;
            }
        }
        String path = location.substring(0, end);
        return (path.endsWith("/") ? path : path + "/") + folders + location.substring(end);
    }
}
