package dev.kiroku.stores;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * URI of a database, in the form that MLflow takes: {@code sqlite:///relative}, {@code sqlite:////absolute},
 * {@code postgresql://user:password@host:port/database?sslmode=require}. The text never shows a password.
 */
public sealed interface StoreUri {
    /** An SQLite file; its directory is created when it is opened. */
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
     * @param user null for the driver's default, the name of the operating system's user
     * @param password null for none
     * @param options properties of the JDBC driver
     */
    record Postgres(
            String host,
            int port,
            String database,
            @Nullable String user,
            @Nullable String password,
            Map<String, String> options)
            implements StoreUri {
        public Postgres {
            options = Map.copyOf(options);
        }

        /** Returns the JDBC URL, without credentials and options (see {@link #driverProperties}). */
        public String jdbcUrl() {
            return "jdbc:postgresql://" + authority() + "/" + encode(database);
        }

        /** Returns the properties of a connection: user, password and options. */
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
            String userInfo = user == null ? "" : encode(user) + (password == null ? "" : ":***") + "@";
            StringBuilder query = new StringBuilder();
            new TreeMap<>(options)
                    .forEach((key, value) -> query.append(query.isEmpty() ? '?' : '&')
                            .append(key)
                            .append('=')
                            .append(key.toLowerCase(Locale.ROOT).contains("password") ? "***" : encode(value)));
            return "postgresql://" + userInfo + authority() + "/" + database + query;
        }

        private String authority() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        private static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }
}
