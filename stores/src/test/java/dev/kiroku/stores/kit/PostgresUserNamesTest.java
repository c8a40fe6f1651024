package dev.kiroku.stores.kit;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresUserNamesTest extends UserNamesContract {
    private static EmbeddedPostgres postgres;

    private StoreUri uri;

    @BeforeAll
    static void start() throws IOException {
        postgres = TestDatabases.startPostgres();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @Override
    protected Stores open() throws SQLException {
        uri = TestDatabases.create(postgres);
        return TestDatabases.open(uri);
    }

    @Override
    protected Stores reopenWithoutCanonicalNames(Stores stores) {
        TestDatabases.undoCanonicalNames(stores);
        return TestDatabases.open(uri);
    }
}
