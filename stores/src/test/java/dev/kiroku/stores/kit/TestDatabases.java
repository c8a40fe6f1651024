package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreSettings;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Dialects;
import dev.kiroku.stores.dialect.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Empty databases for tests. */
public final class TestDatabases {
    private static final String TEMPLATE = "kiroku_template";

    private TestDatabases() {}

    /** Returns the URI of an SQLite file in a directory. */
    public static StoreUri sqlite(Path folder) {
        return new StoreUri.Sqlite(folder.resolve("kiroku.db"));
    }

    /** Starts a PostgreSQL server. */
    public static EmbeddedPostgres startPostgres() throws IOException {
        return EmbeddedPostgres.start();
    }

    /** Creates a database with an empty schema: a copy of the first one, which is faster than migrating. */
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

    /** Creates a database without a schema. */
    public static StoreUri createEmpty(EmbeddedPostgres postgres, String name) {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new StoreUri.Postgres("127.0.0.1", postgres.getPort(), name, "postgres", "postgres", Map.of());
    }

    /** Undoes the migration that adds canonical names of users, and later ones, and closes the stores. */
    static void undoCanonicalNames(Stores stores) {
        stores.database().run("test", tx -> {
            for (String table : List.of(
                    "imported_experiments",
                    "imports",
                    "imported_records",
                    "device_logins",
                    "role_assignments",
                    "role_permissions",
                    "roles",
                    "group_defaults",
                    "access_version")) {
                tx.update(Sql.of("drop table " + table));
            }
            for (String column : List.of("read_only", "resources", "last_used_time")) {
                tx.update(Sql.of("alter table user_tokens drop column " + column));
            }
            for (String column : List.of("version", "service", "disabled")) {
                tx.update(Sql.of("alter table users drop column " + column));
            }
            tx.update(Sql.of("drop index experiments_by_creation_time"));
            tx.update(Sql.of("drop index users_by_canonical_name"));
            tx.update(Sql.of("alter table users drop column canonical_name"));
            tx.update(Sql.of("alter table approval_votes drop column actor_roles"));
            tx.update(Sql.of("alter table gates drop column freezes_run"));
            tx.update(Sql.of("alter table runs drop column watched"));
            tx.update(
                    Sql.of(
                            "delete from kiroku_schema where version in ('14', '15', '16', '17', '18', '19', '20', '21', '22', '23')"));
        });
        stores.close();
    }

    /** Opens the stores of one server; several may be open on a database. */
    public static Stores open(StoreUri uri) {
        return open(uri, StoreSettings.DEFAULT);
    }

    /** Opens the stores of one server with settings. */
    public static Stores open(StoreUri uri, StoreSettings settings) {
        return Stores.open(Dialects.of(uri), settings, id -> "mlflow-artifacts:/" + id, 1);
    }
}
