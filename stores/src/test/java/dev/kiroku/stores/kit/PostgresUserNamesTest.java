package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresUserNamesTest extends UserNamesContract {
    private final EmbeddedPostgres postgres;

    private StoreUri uri;

    PostgresUserNamesTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    protected Stores open() throws SQLException {
        uri = TestDatabases.create(postgres);
        return TestDatabases.open(uri);
    }

    @Override
    protected Stores reopenWithoutCanonicalNames(Stores stores) {
        TestDatabases.undoCanonicalNames(stores);
        return TestDatabases.open(uri);
    }
}
