package dev.kiroku.stores;

import dev.kiroku.model.KirokuException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Where the records are kept, read from the text that people give MLflow: {@code sqlite:///relative}, {@code sqlite:////absolute},
 * {@code postgresql://user:password@host:port/database?sslmode=require}. {@link #toString} never shows a password.
 */
public sealed interface StoreUri {
    /** A file of the embedded database; the folder above it is made when it is opened. */
    record Sqlite(Path file) implements StoreUri {
        @Override
        public String toString() {
            return "sqlite:///" + file;
        }
    }

    /**
     * A PostgreSQL database.
     *
     * @param host name or address; an IPv6 address without brackets
     * @param user null to leave it to the driver (the name of the operating system's user)
     * @param password null when none was given
     * @param options properties of the JDBC driver, by the driver's own names
     */
    record Postgres(String host, int port, String database, String user, String password, Map<String, String> options)
            implements StoreUri {
        public Postgres {
            options = Map.copyOf(options);
        }

        /** The address for the driver, free of secrets; credentials and options are in {@link #driverProperties}. */
        public String jdbcUrl() {
            return "jdbc:postgresql://" + authority() + "/" + encode(database);
        }

        /** What the driver needs beside the address: user, password and options. */
        public Properties driverProperties() {
            Properties properties = new Properties();
            options.forEach(properties::setProperty);
            if (user != null) {
                properties.setProperty("user", user);
            }
            if (password != null) {
                properties.setProperty("password", password);
            }
            return properties;
        }

        @Override
        public String toString() {
            String who = user == null ? "" : encode(user) + (password == null ? "" : ":***") + "@";
            StringBuilder query = new StringBuilder();
            new TreeMap<>(options)
                    .forEach((key, value) -> query.append(query.isEmpty() ? '?' : '&')
                            .append(key)
                            .append('=')
                            .append(key.toLowerCase(Locale.ROOT).contains("password") ? "***" : encode(value)));
            return "postgresql://" + who + authority() + "/" + database + query;
        }

        private String authority() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        private static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }

    /**
     * Reads a store URI.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE, with a message that says what would be right and never repeats a password
     */
    static StoreUri parse(String text) {
        return StoreUriParser.parse(text);
    }
}
