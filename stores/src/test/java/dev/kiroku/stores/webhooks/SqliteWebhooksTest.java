package dev.kiroku.stores.webhooks;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.kit.TestDatabases;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteWebhooksTest extends WebhooksContract {
    @TempDir
    private Path folder;

    @Override
    protected StoreUri newDatabase() {
        return TestDatabases.sqlite(folder);
    }
}
