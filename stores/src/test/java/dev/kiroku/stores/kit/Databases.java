package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Databases for tests: each kind that the stores know, empty. */
public final class Databases {
    private Databases() {}

    public static StoreUri sqlite(Path folder) {
        return new StoreUri.Sqlite(folder.resolve("kiroku.db"));
    }

    public static EmbeddedPostgres startPostgres() throws IOException {
        return EmbeddedPostgres.start();
    }

    public static StoreUri of(EmbeddedPostgres postgres) {
        return new StoreUri.Postgres("127.0.0.1", postgres.getPort(), "postgres", "postgres", "postgres", Map.of());
    }

    /** A server's stores on a database; several may be open on the same one. */
    public static Stores open(StoreUri uri) {
        return Stores.open(uri, id -> "mlflow-artifacts:/" + id, 1);
    }
}
