package dev.kiroku.transfer.source.database;

import static dev.kiroku.model.KirokuException.invalid;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * URI of a database in the form that MLflow takes, such as {@code sqlite:///mlflow.db} or {@code mysql+pymysql://user:password@host/mlflow}.
 *
 * @param jdbcUrl without user and password
 * @param shown the URI without its password
 */
record DatabaseUri(Kind kind, String jdbcUrl, Properties properties, String shown) {
    /** The databases that MLflow supports and an import reads. */
    enum Kind {
        SQLITE,
        POSTGRESQL,
        MYSQL
    }

    /** Returns whether a text has the scheme of a database. */
    static boolean isDatabase(String uri) {
        return uri.matches("(?i)(sqlite|postgres(ql)?|mysql|mariadb|mssql)(\\+\\w+)?:.*");
    }

    /**
     * Parses a URI.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it is malformed, or an SQLite file does not exist
     */
    static DatabaseUri parse(String uri) {
        String scheme =
                uri.substring(0, uri.indexOf(':')).toLowerCase(Locale.ROOT).replaceFirst("\\+.*", "");
        return switch (scheme) {
            case "sqlite" -> sqlite(uri);
            case "postgresql", "postgres" -> server(uri, Kind.POSTGRESQL, "jdbc:postgresql:", 5432);
            case "mysql", "mariadb" -> server(uri, Kind.MYSQL, "jdbc:mariadb:", 3306);
            default ->
                throw invalid(
                        "A database of the kind '%s' cannot be imported; SQLite, PostgreSQL, MySQL and MariaDB can. Import over the API of its server instead: kiroku import http://…",
                        scheme);
        };
    }

    /** Returns the folder of the file of an SQLite database; empty for others. */
    Optional<Path> findFolder() {
        return kind == Kind.SQLITE
                ? Optional.ofNullable(
                        Path.of(jdbcUrl.substring("jdbc:sqlite:".length())).getParent())
                : Optional.empty();
    }

    private static DatabaseUri sqlite(String uri) {
        String path = uri.replaceFirst("(?i)sqlite(\\+\\w+)?:///", "").replaceFirst("\\?.*", "");
        Path file = Path.of(path).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw invalid(
                    "The SQLite database %s does not exist. Name the file of MLflow's --backend-store-uri.", file);
        }
        Properties properties = new Properties();
        properties.setProperty("open_mode", "1"); // SQLITE_OPEN_READONLY
        properties.setProperty("busy_timeout", "30000");
        return new DatabaseUri(Kind.SQLITE, "jdbc:sqlite:" + file, properties, "sqlite:///" + file);
    }

    private static DatabaseUri server(String uri, Kind kind, String jdbcPrefix, int defaultPort) {
        URI parsed;
        try {
            parsed = URI.create(uri);
        } catch (IllegalArgumentException e) {
            throw invalid("The URI of the database is malformed. Write characters such as @ in a password as %40.");
        }
        if (parsed.getHost() == null
                || parsed.getPath() == null
                || parsed.getPath().length() < 2) {
            throw invalid(
                    "The URI of the database needs a host and a database, such as %s//user:password@host:%d/mlflow.",
                    jdbcPrefix.substring("jdbc:".length()), defaultPort);
        }
        Properties properties = new Properties();
        String userInfo = parsed.getRawUserInfo() == null ? "" : parsed.getRawUserInfo();
        String[] credentials = userInfo.split(":", 2);
        if (!userInfo.isEmpty()) {
            properties.setProperty("user", decode(credentials[0]));
        }
        if (credentials.length == 2) {
            properties.setProperty("password", decode(credentials[1]));
        }
        if (kind == Kind.MYSQL) {
            properties.setProperty("sessionVariables", "sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
        }
        if (kind == Kind.POSTGRESQL && parsed.getRawQuery() != null) {
            for (String option : parsed.getRawQuery().split("&")) {
                String[] parts = option.split("=", 2);
                properties.setProperty(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
            }
        }
        int port = parsed.getPort() < 0 ? defaultPort : parsed.getPort();
        String place = parsed.getHost() + ":" + port + parsed.getPath();
        return new DatabaseUri(
                kind,
                jdbcPrefix + "//" + place,
                properties,
                parsed.getScheme() + "://" + (userInfo.isEmpty() ? "" : credentials[0] + ":***@") + place);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
