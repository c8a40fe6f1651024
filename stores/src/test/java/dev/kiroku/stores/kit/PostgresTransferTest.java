package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTransferTest extends TransferContract {
    private EmbeddedPostgres postgres;
    private Stores stores;

    @BeforeAll
    void start() throws IOException {
        postgres = TestDatabases.startPostgres();
    }

    @BeforeEach
    void open() throws Exception {
        String database = "t" + UUID.randomUUID().toString().replace("-", "");
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + database);
        }
        stores = TestDatabases.open(
                new StoreUri.Postgres("127.0.0.1", postgres.getPort(), database, "postgres", "postgres", Map.of()));
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @AfterAll
    void stop() throws IOException {
        postgres.close();
    }

    @Override
    protected Stores stores() {
        return stores;
    }
}
