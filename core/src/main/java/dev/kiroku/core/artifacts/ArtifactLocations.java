package dev.kiroku.core.artifacts;

import static dev.kiroku.model.KirokuException.invalid;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Set;

/** What a client may name as the place of an experiment's artifacts. To name a place is not to have this server open it. */
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

    /** @return the location, as it is to be kept */
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
}
