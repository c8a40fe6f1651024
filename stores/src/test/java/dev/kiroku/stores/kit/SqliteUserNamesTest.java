package dev.kiroku.stores.kit;

import dev.kiroku.stores.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteUserNamesTest extends UserNamesContract {
    @TempDir
    private Path folder;

    @Override
    protected Stores open() {
        return TestDatabases.open(TestDatabases.sqlite(folder));
    }

    @Override
    protected Stores reopenWithoutCanonicalNames(Stores stores) {
        TestDatabases.undoCanonicalNames(stores);
        return TestDatabases.open(TestDatabases.sqlite(folder));
    }
}
