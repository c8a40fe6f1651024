package dev.kiroku.stores.webhooks;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresWebhooksTest extends WebhooksContract {
    private EmbeddedPostgres postgres;
    private int databases;

    @BeforeAll
    void start() throws IOException {
        postgres = TestDatabases.startPostgres();
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    @Override
    protected StoreUri newDatabase() {
        return TestDatabases.createEmpty(postgres, "webhooks" + databases++);
    }
}
