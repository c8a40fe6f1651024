package dev.kiroku.stores.users;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.PostgresServer;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresAccessTest extends AccessContract {
    private final EmbeddedPostgres postgres;
    private StoreUri database;

    PostgresAccessTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    protected Stores open() throws SQLException {
        database = TestDatabases.create(postgres);
        return openAgain();
    }

    @Override
    protected Stores openAgain() {
        return TestDatabases.open(database);
    }
}
