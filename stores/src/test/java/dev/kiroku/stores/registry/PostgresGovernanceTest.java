package dev.kiroku.stores.registry;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.PostgresServer;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresGovernanceTest extends GovernanceContract {
    private final EmbeddedPostgres postgres;

    PostgresGovernanceTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    protected Stores open() throws SQLException {
        return TestDatabases.open(TestDatabases.create(postgres), SETTINGS);
    }
}
