package dev.kiroku.stores.reports;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.Databases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteReportsTest extends ReportsContract {
    @TempDir
    private Path folder;

    @Override
    protected Stores open() {
        return Databases.open(Databases.sqlite(folder));
    }
}
