package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.tracking.Compactor;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqliteContractTest extends StoresContract {
    private Stores stores;
    private Compactor compactor;

    private Path file;

    @BeforeAll
    void open(@TempDir Path folder) {
        file = folder.resolve("kiroku.db");
        stores = Stores.open(new StoreUri.Sqlite(file), id -> "mlflow-artifacts:/" + id, 1);
        compactor = stores.startCompactor(Duration.ZERO);
    }

    @AfterAll
    void close() {
        compactor.close();
        stores.close();
    }

    /** If readers took the write lock, this read would fail after the busy timeout. */
    @Test
    void readersDoNotWaitForWriter() throws SQLException {
        long experiment = stores.experiments().create("read", id -> "x", List.of(), 1);
        try (var writer = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = writer.createStatement()) {
            statement.execute("pragma busy_timeout = 60000");
            statement.execute("begin immediate");
            statement.execute("update experiments set name = 'written' where id = " + experiment);
            assertEquals("read", stores.experiments().get(experiment).name());
            statement.execute("commit");
        }
        assertEquals("written", stores.experiments().get(experiment).name());
    }

    @Override
    protected Stores stores() {
        return stores;
    }
}
