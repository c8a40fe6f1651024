package dev.kiroku.stores.users;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.TestDatabases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteAccessTest extends AccessContract {
    @TempDir
    private Path folder;

    @Override
    protected Stores open() {
        return openAgain();
    }

    @Override
    protected Stores openAgain() {
        return TestDatabases.open(TestDatabases.sqlite(folder));
    }
}
