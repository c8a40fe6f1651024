package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.net.LenientUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * Artifact locations: URIs, or plain paths, of the folders that hold the artifacts of experiments and runs. The rules are those of MLflow
 * 3.17.2, with three exceptions: a location must not contain {@code ..}, backslashes and control characters, or a password.
 */
public final class ArtifactLocations {
    /** Schemes whose URI names the host that is connected to. A client must not choose hosts for the server. */
    private static final Set<String> HOST_SCHEMES =
            Set.of("ftp", "sftp", "hdfs", "viewfs", "http", "https", "mlflow-artifacts", "r2", "b2", "abfss");

    private ArtifactLocations() {}

    /**
     * Checks an artifact location that a client has chosen for an experiment. A location that passes is recorded; whether this server opens it
     * is decided by what the operator has configured.
     *
     * @return the location as it is recorded: relative paths become absolute
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the location is not accepted
     */
    public static String validate(String location, LocationRules rules) {
        LenientUri uri = LenientUri.parse(location);
        boolean params =
                uri.scheme().isEmpty() && uri.path().indexOf(';', uri.path().lastIndexOf('/') + 1) >= 0;
        if (params || uri.fragment() != null && !uri.fragment().isEmpty()) {
            throw invalid("'artifact_location' URL can't include fragments or params.");
        }
        if (uri.query() != null && LenientUri.decode(uri.query()).contains("..")) {
            throw invalid("Invalid query string");
        }
        requireAllowedHost("artifact_location", location, rules);
        if (uri.scheme().equals("runs")) {
            throw invalid("%s", "Artifact location cannot be a runs:/ URI. Given: '" + location + "'");
        }
        if (location.length() > rules.maxLength()) {
            throw invalid(
                    "Invalid artifact path length. The length of the artifact path cannot be greater than %d characters. To configure this limit, set"
                            + " --artifact-location-max-length or MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH of the server.",
                    rules.maxLength());
        }
        if (location.chars().anyMatch(c -> c < ' ' || c == 0x7F) || location.indexOf('\\') >= 0) {
            throw invalid("'artifact_location' must not contain backslashes or control characters.");
        }
        requireNoPassword("artifact_location", location);
        if (hasParentSegment(uri.path()) || hasParentSegment(uri.decodedPath())) {
            throw invalid("'artifact_location' must not have '..' in its path.");
        }
        return absolute(uri, location);
    }

    /**
     * Checks that a location names no host but those of the operator's choice: a client must not choose hosts for the server.
     *
     * @param field the request's field, for the message
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it names another host
     */
    public static void requireAllowedHost(String field, String location, LocationRules rules) {
        LenientUri uri = LenientUri.parse(location);
        if (!isOnHostOf(rules.artifactRoot(), uri) && !rules.allowedSchemes().contains(uri.scheme())) {
            requireNoForeignHost(uri, field, location);
        }
    }

    /**
     * Checks that a location contains no password, because everyone who can read the record can read its location.
     *
     * @param field the request's field, for the message
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it contains one
     */
    public static void requireNoPassword(String field, String location) {
        String userInfo = LenientUri.parse(location).userInfo();
        if (userInfo != null && userInfo.contains(":")) {
            throw invalid("'%s' must not contain a password: everyone who can read this record could read it.", field);
        }
    }

    private static boolean isOnHostOf(String artifactRoot, LenientUri uri) {
        LenientUri root = LenientUri.parse(artifactRoot);
        String trusted = root.authority();
        String authority = uri.authority();
        return trusted != null
                && authority != null
                && uri.scheme().equals(root.scheme())
                && authority.equalsIgnoreCase(trusted);
    }

    private static void requireNoForeignHost(LenientUri uri, String field, String location) {
        boolean local = uri.scheme().equals("mlflow-artifacts") && uri.host().isEmpty();
        if (HOST_SCHEMES.contains(uri.scheme()) && !local) {
            throw invalid(
                    "'%s' cannot use the '%s' scheme: the '%s' scheme addresses a host other than the tracking server's "
                            + "configured artifact storage, so the server would connect to the host named in the URI.",
                    field, uri.scheme(), uri.scheme());
        }
        String host = uri.host();
        if (uri.scheme().equals("file")
                && !host.isEmpty()
                && !host.equals(".")
                && !host.startsWith("localhost")
                && !host.startsWith("127.0.0.1")) {
            throw invalid("%s", location + " is not a valid remote uri: a file: URI names a folder of the server.");
        }
    }

    private static boolean hasParentSegment(String path) {
        return Arrays.asList(path.split("/")).contains("..");
    }

    private static String absolute(LenientUri uri, String location) {
        boolean relative = !uri.path().startsWith("/") && uri.authority() == null;
        if (!relative || !uri.scheme().isEmpty() && !uri.scheme().equals("file")) {
            return location;
        }
        try {
            if (uri.scheme().isEmpty()) {
                return Path.of(location).toAbsolutePath().normalize().toString();
            }
            String query = uri.query() == null ? "" : "?" + uri.query();
            return "file://" + Path.of(uri.path()).toAbsolutePath().normalize() + query;
        } catch (InvalidPathException e) {
            throw invalid(
                    "'artifact_location' is not a path that the server's file system can have: %s.", e.getReason());
        }
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
