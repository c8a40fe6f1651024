package dev.kiroku.stores.webhooks;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.kit.PostgresServer;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresWebhooksTest extends WebhooksContract {
    private final EmbeddedPostgres postgres;

    PostgresWebhooksTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    protected StoreUri newDatabase() throws SQLException {
        return TestDatabases.create(postgres);
    }
}
