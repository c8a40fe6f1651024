package dev.kiroku.stores.kit;

import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresVisibilityTest extends VisibilityContract {
    private final EmbeddedPostgres postgres;

    PostgresVisibilityTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    protected Stores open() throws SQLException {
        return TestDatabases.open(TestDatabases.create(postgres));
    }
}
