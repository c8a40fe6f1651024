package dev.kiroku.bench.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.stream.Stream;

/** The store of the measured servers: a database for each, on the same kind of store. */
public abstract class BenchmarkStore implements AutoCloseable {
    /** The kinds of stores, named as on the command line. */
    public enum Kind {
        sqlite,
        postgresql
    }

    /** Starts a store of a kind below a folder. */
    public static BenchmarkStore start(Kind kind, Path folder) throws IOException {
        return kind == Kind.sqlite ? new Sqlite(folder) : new Postgres();
    }

    /** Returns the kind of the store. */
    public abstract Kind kind();

    /** Creates an empty database and returns its URI for {@code --backend-store-uri}. */
    public abstract String create(String name) throws SQLException;

    /** Returns the URI of a database that was created. */
    public abstract String uri(String name);

    /** Opens a connection to a database, for seeding and measuring. */
    public abstract Connection connect(String name) throws SQLException;

    /** Returns the number of concurrent writers with the best rate. */
    public abstract int writers();

    /** Returns the size of a database on disk in bytes. */
    public abstract long size(String name) throws SQLException, IOException;

    private static final class Sqlite extends BenchmarkStore {
        private final Path folder;

        Sqlite(Path folder) {
            this.folder = folder;
        }

        @Override
        public Kind kind() {
            return Kind.sqlite;
        }

        @Override
        public String create(String name) {
            return uri(name);
        }

        @Override
        public String uri(String name) {
            return "sqlite:///" + file(name);
        }

        private Path file(String name) {
            return folder.resolve(name + ".db").toAbsolutePath();
        }

        @Override
        public Connection connect(String name) throws SQLException {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(name));
            try (Statement statement = connection.createStatement()) {
                statement.execute("pragma journal_mode = wal");
                statement.execute("pragma synchronous = full");
                statement.execute("pragma busy_timeout = 60000");
            }
            return connection;
        }

        @Override
        public int writers() {
            return 1;
        }

        @Override
        public long size(String name) throws SQLException, IOException {
            try (Connection connection = connect(name);
                    Statement statement = connection.createStatement()) {
                statement.execute("pragma wal_checkpoint(truncate)");
            }
            return Files.size(file(name));
        }

        @Override
        public void close() {}
    }

    /** A real PostgreSQL with its default durability. */
    private static final class Postgres extends BenchmarkStore {
        private final EmbeddedPostgres server;

        Postgres() throws IOException {
            // The library's defaults for tests may lose acknowledged writes; a benchmark must not.
            server = EmbeddedPostgres.builder()
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("fsync", "on")
                    .start();
        }

        @Override
        public Kind kind() {
            return Kind.postgresql;
        }

        @Override
        public String create(String name) throws SQLException {
            try (Connection connection = connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("create database " + name);
            }
            return uri(name);
        }

        @Override
        public String uri(String name) {
            return "postgresql+psycopg2://postgres:postgres@127.0.0.1:" + server.getPort() + "/" + name;
        }

        @Override
        public Connection connect(String name) throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("user", "postgres");
            properties.setProperty("password", "postgres");
            properties.setProperty("reWriteBatchedInserts", "true");
            return DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name, properties);
        }

        @Override
        public int writers() {
            return 4;
        }

        @Override
        public long size(String name) throws SQLException {
            try (Connection connection = connect(name);
                    Statement statement = connection.createStatement()) {
                statement.execute("checkpoint");
                try (var rows = statement.executeQuery("select pg_database_size(current_database())")) {
                    rows.next();
                    return rows.getLong(1);
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** Deletes a folder with its contents. */
    public static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    @Override
    public abstract void close() throws IOException;
}
