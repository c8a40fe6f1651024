package dev.kiroku.stores.kit;

import dev.kiroku.stores.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteRegistryVisibilityTest extends RegistryVisibilityContract {
    @TempDir
    private Path folder;

    @Override
    protected Stores open() {
        return TestDatabases.open(TestDatabases.sqlite(folder));
    }
}
