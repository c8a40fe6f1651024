package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqliteContractTest extends StoresContract {
    private Stores stores;

    @BeforeAll
    void open(@TempDir Path folder) {
        stores = Stores.open(new StoreUri.Sqlite(folder.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1);
    }

    @AfterAll
    void close() {
        stores.close();
    }

    @Override
    protected Stores stores() {
        return stores;
    }
}
