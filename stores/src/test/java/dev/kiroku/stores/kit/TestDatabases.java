package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;

/** Databases for tests: each kind that the stores know, empty. */
public final class TestDatabases {
    private static final String TEMPLATE = "kiroku_template";

    private TestDatabases() {}

    public static StoreUri sqlite(Path folder) {
        return new StoreUri.Sqlite(folder.resolve("kiroku.db"));
    }

    public static EmbeddedPostgres startPostgres() throws IOException {
        return EmbeddedPostgres.start();
    }

    /** A new database in a running PostgreSQL, with the schema and nothing in it: a copy of the first one, which is quicker than to migrate. */
    public static StoreUri create(EmbeddedPostgres postgres) throws SQLException {
        String name = "kiroku_" + UUID.randomUUID().toString().replace("-", "");
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            boolean first;
            try (var found = statement.executeQuery("select 1 from pg_database where datname = '" + TEMPLATE + "'")) {
                first = !found.next();
            }
            if (first) {
                statement.execute("create database " + TEMPLATE);
                open(uri(postgres, TEMPLATE)).close();
            }
            statement.execute("create database " + name + " template " + TEMPLATE);
        }
        return uri(postgres, name);
    }

    private static StoreUri uri(EmbeddedPostgres postgres, String database) {
        return new StoreUri.Postgres("127.0.0.1", postgres.getPort(), database, "postgres", "postgres", Map.of());
    }

    /** A database of its own on a PostgreSQL that is up. */
    public static StoreUri createEmpty(EmbeddedPostgres postgres, String name) {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new StoreUri.Postgres("127.0.0.1", postgres.getPort(), name, "postgres", "postgres", Map.of());
    }

    /** A server's stores on a database; several may be open on the same one. */
    public static Stores open(StoreUri uri) {
        return Stores.open(uri, id -> "mlflow-artifacts:/" + id, 1);
    }
}
