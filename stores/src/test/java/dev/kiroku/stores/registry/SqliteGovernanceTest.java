package dev.kiroku.stores.registry;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.TestDatabases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteGovernanceTest extends GovernanceContract {
    @TempDir
    private Path folder;

    @Override
    protected Stores open() {
        return TestDatabases.open(TestDatabases.sqlite(folder), SETTINGS);
    }
}
