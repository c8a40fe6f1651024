package dev.kiroku.stores;

import dev.kiroku.model.KirokuException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parser of store URIs with the grammar of SQLAlchemy: user and password are percent-decoded, a colon or an at sign in them must be encoded. */
public final class StoreUriParser {
    private static final Pattern URI = Pattern.compile("""
            (?<scheme>[A-Za-z][\\w+.-]*)://\
            (?:(?<user>[^:/@?]*)(?::(?<password>[^@]*))?@)?\
            (?:\\[(?<ipv6>[^\\]/?]+)\\]|(?<host>[^:/?@\\[\\]]*))(?::(?<port>[^/?]*))?\
            (?:/(?<path>[^?]*))?(?:\\?(?<query>.*))?""");
    private static final String ENCODING_HINT = " (in a password write @ as %40, / as %2F and : as %3A)";
    private static final String SUPPORTED_URIS =
            "; supported are sqlite:///file.db and postgresql://user:password@host:5432/database";

    /** The options of libpq that are supported, with the JDBC driver's name for each. */
    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("sslmode", "sslmode"),
            Map.entry("sslrootcert", "sslrootcert"),
            Map.entry("sslcert", "sslcert"),
            Map.entry("sslkey", "sslkey"),
            Map.entry("sslpassword", "sslpassword"),
            Map.entry("channel_binding", "channelBinding"),
            Map.entry("gssencmode", "gssEncMode"),
            Map.entry("connect_timeout", "connectTimeout"),
            Map.entry("application_name", "ApplicationName"),
            Map.entry("options", "options"));

    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    private StoreUriParser() {}

    /**
     * Parses a URI.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if it is not valid; the message says what would be, and contains no password
     */
    public static StoreUri parse(String text) {
        Matcher uri = URI.matcher(text);
        if (!uri.matches()) {
            throw KirokuException.invalid(
                    text.contains("://")
                            ? "is not a database URI" + ENCODING_HINT + SUPPORTED_URIS
                            : "is not a database URI" + SUPPORTED_URIS);
        }
        String scheme = uri.group("scheme").toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "sqlite" -> sqlite(uri);
            case "postgresql", "postgres", "postgresql+psycopg2", "postgresql+psycopg" -> postgres(uri);
            case "file" -> throw KirokuException.invalid("names a file store, which is not supported" + SUPPORTED_URIS);
            default ->
                throw KirokuException.invalid(
                        "has the scheme '" + scheme + "', which is not supported" + SUPPORTED_URIS);
        };
    }

    private static StoreUri sqlite(Matcher uri) {
        String path = uri.group("path");
        if (host(uri) != null || uri.group("user") != null) {
            throw KirokuException.invalid(
                    "has two slashes where sqlite needs three (sqlite:///file.db) or four (sqlite:////folder/file.db)");
        }
        if (path == null || path.isEmpty() || path.equals(":memory:")) {
            throw KirokuException.invalid("names no file; write sqlite:///file.db");
        }
        if (uri.group("query") != null) {
            throw KirokuException.invalid("has options after '?'; sqlite URIs take none");
        }
        try {
            return new StoreUri.Sqlite(Path.of(path));
        } catch (InvalidPathException e) {
            throw KirokuException.invalid("names an invalid file: " + e.getReason());
        }
    }

    private static StoreUri postgres(Matcher uri) {
        Map<String, String> options = options(uri.group("query"));
        String host = host(uri);
        if (host == null) {
            throw KirokuException.invalid(
                    "names no host; Unix sockets are not supported, write postgresql://user:password@localhost/db");
        }
        String database = uri.group("path");
        if (database == null || database.isEmpty()) {
            throw KirokuException.invalid("names no database; write postgresql://user:password@host:5432/database");
        }
        return new StoreUri.Postgres(
                host,
                port(uri.group("port")),
                decodeNonNull(database),
                decode(uri.group("user")),
                decode(uri.group("password")),
                options);
    }

    private static @Nullable String host(Matcher uri) {
        String host = uri.group("ipv6") != null ? uri.group("ipv6") : uri.group("host");
        return host == null || host.isEmpty() ? null : host;
    }

    private static int port(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return 5432;
        }
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65535) {
            throw KirokuException.invalid("has a port that is not a number from 1 to 65535" + ENCODING_HINT);
        }
        return port;
    }

    private static Map<String, String> options(@Nullable String query) {
        Map<String, String> options = new TreeMap<>();
        if (query == null || query.isEmpty()) {
            return options;
        }
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (key.equals("host")) {
                throw KirokuException.invalid("has the host among its options; write it before the database, as in"
                        + " postgresql://host:5432/database (Unix sockets are not supported)");
            }
            String driverName = OPTIONS.get(key);
            if (driverName == null || equals < 0) {
                throw KirokuException.invalid("has an option '" + key + "' that is not supported; supported are "
                        + String.join(", ", new TreeSet<>(OPTIONS.keySet())));
            }
            String value = decodeNonNull(pair.substring(equals + 1));
            if (key.equals("sslmode") && !SSL_MODES.contains(value)) {
                throw KirokuException.invalid(
                        "has an unknown sslmode; it must be one of " + String.join(", ", SSL_MODES));
            }
            options.put(driverName, value);
        }
        return options;
    }

    private static @Nullable String decode(@Nullable String text) {
        return text == null ? null : decodeNonNull(text);
    }

    private static String decodeNonNull(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw KirokuException.invalid(
                    "has a percent sign that starts no percent-encoded character (write % itself as %25)");
        }
    }
}
