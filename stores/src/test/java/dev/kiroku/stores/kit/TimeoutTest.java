package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.PostgresDialect;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.dialect.SqliteDialect;
import dev.kiroku.stores.sql.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeoutTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @Test
    void sqliteCancelsLongStatements(@TempDir Path folder) {
        assertCancelsLongStatements(new SqliteDialect(new StoreUri.Sqlite(folder.resolve("kiroku.db")), TIMEOUT));
    }

    @Test
    void postgresCancelsLongStatements() throws IOException {
        try (var postgres = TestDatabases.startPostgres()) {
            assertCancelsLongStatements(
                    new PostgresDialect((StoreUri.Postgres) TestDatabases.createEmpty(postgres, "timeout"), TIMEOUT));
        }
    }

    /** The query never ends by itself. */
    private static void assertCancelsLongStatements(Dialect dialect) {
        Sql endless = Sql.of(
                "with recursive n(i) as (select 1 union all select 1 - i from n) select count(*) as n from n where i > 2");
        try (Database database = Database.open(dialect, 1, Duration.ZERO)) {
            KirokuException refusal =
                    assertThrows(KirokuException.class, () -> database.read(tx -> tx.queryLong(endless)));
            assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusal.code(), refusal.getMessage());
            refusal = assertThrows(KirokuException.class, () -> database.readAutoCommit(tx -> tx.queryLong(endless)));
            assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusal.code(), refusal.getMessage());
            assertEquals(
                    1, database.read(tx -> tx.queryLong(Sql.of("select 1"))).orElseThrow());
            refusal = assertThrows(KirokuException.class, () -> database.write("key", tx -> tx.queryLong(endless)));
            assertEquals(ErrorCode.RESOURCE_EXHAUSTED, refusal.code(), refusal.getMessage());
            assertEquals(
                    1,
                    database.write("key", tx -> tx.queryLong(Sql.of("select 1")))
                            .orElseThrow());
        }
    }
}
