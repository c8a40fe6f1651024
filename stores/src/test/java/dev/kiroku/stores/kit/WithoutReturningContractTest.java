package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreSettings;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.SqliteDialect;
import dev.kiroku.stores.tracking.Compactor;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The statements for databases that have no RETURNING clause, such as MySQL, run on SQLite. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WithoutReturningContractTest extends StoresContract {
    private Stores stores;
    private Compactor compactor;

    @BeforeAll
    void open(@TempDir Path folder) {
        var dialect = new SqliteDialect(new StoreUri.Sqlite(folder.resolve("kiroku.db"))) {
            @Override
            public boolean supportsReturning() {
                return false;
            }
        };
        stores = Stores.open(dialect, StoreSettings.DEFAULT, id -> "mlflow-artifacts:/" + id, 1);
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
