package dev.kiroku.stores.kit;

import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresRegistryVisibilityTest extends RegistryVisibilityContract {
    private EmbeddedPostgres postgres;

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
        return TestDatabases.open(TestDatabases.create(postgres));
    }
}
