package dev.kiroku.stores.kit;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.tracking.Compactor;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PostgresServer.class)
class PostgresContractTest extends StoresContract {
    private final EmbeddedPostgres postgres;
    private Stores stores;
    private Compactor compactor;

    PostgresContractTest(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    @BeforeAll
    void open() throws SQLException {
        stores = Stores.open(TestDatabases.create(postgres), id -> "mlflow-artifacts:/" + id, 1);
        compactor = stores.startCompactor(Duration.ZERO);
    }

    @AfterAll
    void close() {
        compactor.close();
        stores.close();
    }

    @Override
    protected Stores stores() {
        return stores;
    }
}
