package dev.kiroku.stores.users;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresAccessTest extends AccessContract {
    private EmbeddedPostgres postgres;
    private StoreUri database;

    @BeforeAll
    void start() throws IOException {
        postgres = TestDatabases.startPostgres();
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
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
