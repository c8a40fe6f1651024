package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The sources that the operator allows requests to import from: servers, databases and folders. Nothing else that a request names is opened
 * or connected to.
 *
 * @param allowed as the operator wrote them; empty to allow nothing
 */
public record ImportSources(List<String> allowed) {
    private static final int MAX_LENGTH = 2000;
    /** The URI of a server or of its database. Names and paths have no characters that mean something to a driver or a proxy. */
    private static final Pattern REMOTE = Pattern.compile(
            "(?i)(https?|postgres|postgresql|mysql|mariadb)(?:\\+\\w+)?://([a-z0-9._-]+|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?((?:/[\\w.~-]+)*)/?");

    private static final Pattern SQLITE = Pattern.compile("(?i)sqlite(?:\\+\\w+)?:///(.*)", Pattern.DOTALL);
    private static final Map<String, Integer> PORTS =
            Map.of("http", 80, "https", 443, "postgresql", 5432, "mysql", 3306);

    /** The kinds of sources. */
    public enum Kind {
        SERVER,
        DATABASE,
        FOLDER
    }

    /**
     * A source that is allowed.
     *
     * @param uri the URI of a server or database without user and password, or the path of a folder
     */
    public record Source(Kind kind, String uri) {}

    /** A server or a database of one. @param path without a slash at its end */
    private record Remote(String scheme, String host, int port, String path) {
        static Optional<Remote> parse(String text) {
            Matcher uri = REMOTE.matcher(text);
            if (!uri.matches() || List.of(uri.group(4).split("/")).stream().anyMatch(s -> s.matches("\\.\\.?"))) {
                return Optional.empty();
            }
            String scheme = switch (uri.group(1).toLowerCase(Locale.ROOT)) {
                case "postgres" -> "postgresql";
                case "mariadb" -> "mysql";
                case String other -> other;
            };
            int port =
                    uri.group(3) == null ? Objects.requireNonNull(PORTS.get(scheme)) : Integer.parseInt(uri.group(3));
            if (port > 65_535) {
                return Optional.empty();
            }
            return Optional.of(new Remote(scheme, uri.group(2).toLowerCase(Locale.ROOT), port, uri.group(4)));
        }

        boolean isDatabase() {
            return !scheme.startsWith("http");
        }

        boolean covers(Remote other) {
            return scheme.equals(other.scheme)
                    && host.equals(other.host)
                    && port == other.port
                    && (other.path.equals(path) || other.path.startsWith(path + "/"));
        }
    }

    public ImportSources {
        allowed = List.copyOf(allowed);
    }

    /**
     * Returns an entry of the configuration if it is valid.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE with a message that continues the name of the property
     */
    public static String requireValid(String entry) {
        boolean folder = entry.startsWith("/");
        if (!folder && Remote.parse(entry).isEmpty()) {
            throw invalid(
                    "must be folders such as /srv/mlflow, servers such as https://mlflow.example.com, or databases such as postgresql://db-host/mlflow, without user and password (got '%s')",
                    entry.replaceAll("://[^/]*@", "://***@"));
        }
        return entry;
    }

    /**
     * Checks a source that a request names.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if it is none, is not allowed, or has a user or password in it
     */
    public Source require(String given) {
        String text = given.strip();
        if (allowed.isEmpty()) {
            throw invalid(
                    "This server imports nothing: it was started without --import-sources. Restart it with the sources that are allowed, or use 'kiroku import'.");
        }
        if (text.length() > MAX_LENGTH || text.chars().anyMatch(Character::isISOControl)) {
            throw invalid("A source has at most %d characters, and no control characters.", MAX_LENGTH);
        }
        Matcher sqlite = SQLITE.matcher(text);
        if (sqlite.matches()) {
            return new Source(Kind.DATABASE, "sqlite:///" + requireFile(sqlite.group(1), text, true));
        }
        if (text.startsWith("/") || text.startsWith("file:")) {
            String path = text.replaceFirst("^file:(//)?", "");
            return new Source(Kind.FOLDER, requireFile(path, text, false).toString());
        }
        return requireRemote(text);
    }

    private Source requireRemote(String text) {
        if (hasUserInfo(text)) {
            throw invalid("Give the user name and the password in their own fields, not within the source.");
        }
        Remote remote = Remote.parse(text).orElseThrow(() -> invalid("""
                '%s' is not a source. Give the URL of a server, such as https://mlflow.example.com, the URI of a database, such as \
                postgresql://db-host/mlflow or sqlite:////srv/mlflow/mlflow.db, or the absolute path of a folder.""", text));
        if (allowed.stream().flatMap(entry -> Remote.parse(entry).stream()).noneMatch(entry -> entry.covers(remote))) {
            throw notAllowed(text);
        }
        if (remote.isDatabase() && !remote.path().matches("/[^/]+")) {
            throw invalid("The URI of a database ends with its name, such as postgresql://db-host/mlflow.");
        }
        return new Source(remote.isDatabase() ? Kind.DATABASE : Kind.SERVER, text.replaceFirst("/$", ""));
    }

    private static boolean hasUserInfo(String text) {
        try {
            return text.matches("(?i)[a-z0-9+]+://[^/?#]*@.*") || new URI(text).getRawUserInfo() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private KirokuException notAllowed(String text) {
        return invalid(
                "'%s' is not among the sources that this server may import from: %s. Restart it with --import-sources, or use 'kiroku import'.",
                text, String.join(", ", allowed));
    }

    /** Returns the real path of a file or folder, links followed, within an allowed folder. Says nothing about others. */
    private Path requireFile(String path, String text, boolean database) {
        if (!path.startsWith("/") || path.matches(".*[?#%].*")) {
            throw invalid(
                    "Give the absolute path without ?, # and %%, such as %s.",
                    database ? "sqlite:////srv/mlflow/mlflow.db" : "/srv/mlflow/mlruns");
        }
        try {
            Path given = Path.of(path).normalize();
            if (folders().noneMatch(given::startsWith)) {
                throw notAllowed(text);
            }
            Path real = given.toRealPath();
            if (realFolders().noneMatch(real::startsWith) || real.toString().matches(".*[?#%].*")) {
                throw notAllowed(text);
            }
            if (database ? !Files.isRegularFile(real) : !Files.isDirectory(real)) {
                throw invalid(
                        database ? "%s is not a file." : "%s is not a folder. For a database, write sqlite:///%s.",
                        path,
                        path);
            }
            return real;
        } catch (IOException | InvalidPathException e) {
            throw invalid("%s does not exist on the machine of the server, or cannot be read.", path);
        }
    }

    private Stream<Path> folders() {
        return allowed.stream()
                .filter(entry -> entry.startsWith("/"))
                .map(entry -> Path.of(entry).normalize());
    }

    private Stream<Path> realFolders() {
        return folders().flatMap(folder -> {
            try {
                return Stream.of(folder.toRealPath());
            } catch (IOException e) {
                return Stream.empty(); // it does not exist (yet)
            }
        });
    }
}
