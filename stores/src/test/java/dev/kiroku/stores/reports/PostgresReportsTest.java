package dev.kiroku.stores.reports;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.PostgresServer;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresReportsTest extends ReportsContract {
    private final EmbeddedPostgres postgres;

    PostgresReportsTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    protected Stores open() throws SQLException {
        return TestDatabases.open(TestDatabases.create(postgres));
    }
}
