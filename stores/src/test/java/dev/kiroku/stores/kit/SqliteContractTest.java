package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.tracking.Compactor;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqliteContractTest extends StoresContract {
    private Stores stores;
    private Compactor compactor;

    @BeforeAll
    void open(@TempDir Path folder) {
        stores = Stores.open(new StoreUri.Sqlite(folder.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1);
        compactor = stores.compactor(Duration.ZERO);
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
