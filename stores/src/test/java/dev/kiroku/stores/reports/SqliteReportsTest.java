package dev.kiroku.stores.reports;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.TestDatabases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteReportsTest extends ReportsContract {
    @TempDir
    private Path folder;

    @Override
    protected Stores open() {
        return TestDatabases.open(TestDatabases.sqlite(folder));
    }
}
