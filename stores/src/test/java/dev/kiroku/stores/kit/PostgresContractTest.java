package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.tracking.Compactor;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresContractTest extends StoresContract {
    private EmbeddedPostgres postgres;
    private Stores stores;
    private Compactor compactor;

    @BeforeAll
    void open() throws IOException {
        postgres = EmbeddedPostgres.start();
        stores = Stores.open(
                new StoreUri.Postgres("127.0.0.1", postgres.getPort(), "postgres", "postgres", "postgres", Map.of()),
                id -> "mlflow-artifacts:/" + id,
                1);
        compactor = stores.startCompactor(Duration.ZERO);
    }

    @AfterAll
    void close() throws IOException {
        compactor.close();
        stores.close();
        postgres.close();
    }

    @Override
    protected Stores stores() {
        return stores;
    }
}
