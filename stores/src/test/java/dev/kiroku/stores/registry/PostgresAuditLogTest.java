package dev.kiroku.stores.registry;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.PostgresServer;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresAuditLogTest extends AuditLogContract {
    private final EmbeddedPostgres postgres;
    private StoreUri database;

    PostgresAuditLogTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @BeforeEach
    void create() throws SQLException {
        database = TestDatabases.create(postgres);
    }

    @Override
    protected Stores open() {
        return TestDatabases.open(database);
    }
}
