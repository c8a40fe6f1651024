package dev.kiroku.stores.kit;

import dev.kiroku.stores.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteTransferTest extends TransferContract {
    private Stores stores;

    @BeforeEach
    void open(@TempDir Path folder) {
        stores = TestDatabases.open(TestDatabases.sqlite(folder));
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
