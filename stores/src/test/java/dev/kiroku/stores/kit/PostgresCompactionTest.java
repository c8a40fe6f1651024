package dev.kiroku.stores.kit;

import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgresCompactionTest extends CompactionContract {
    private final EmbeddedPostgres postgres;
    private Stores stores;

    PostgresCompactionTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @BeforeEach
    void open() throws Exception {
        stores = TestDatabases.open(TestDatabases.create(postgres));
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Override
    protected Stores stores() {
        return stores;
    }
}
