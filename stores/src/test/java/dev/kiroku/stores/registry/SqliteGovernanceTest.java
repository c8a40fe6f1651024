package dev.kiroku.stores.registry;

import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.Databases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteGovernanceTest extends GovernanceContract {
    @TempDir
    private Path folder;

    @Override
    protected Stores open() {
        return Databases.open(Databases.sqlite(folder));
    }
}
