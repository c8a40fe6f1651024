package dev.kiroku.stores.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.StoreUriParser;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class DialectTest {
    private final Dialect postgres = Dialects.of(StoreUriParser.parse("postgresql://localhost/kiroku"));
    private final Dialect sqlite = Dialects.of(new StoreUri.Sqlite(Path.of("kiroku.db")));

    @ParameterizedTest
    @CsvSource({
        "40001, RETRY",
        "40P01, RETRY",
        "23505, CONFLICT",
        "08006, UNAVAILABLE",
        "57P03, UNAVAILABLE",
        "53100, FULL",
        "42601, OTHER",
        ", OTHER"
    })
    void postgresErrorsAreClassifiedBySqlState(String state, DatabaseErrorKind kind) {
        assertEquals(kind, postgres.classify(new SQLException("message", state)));
    }

    @ParameterizedTest
    @CsvSource({
        "SQLITE_BUSY, UNAVAILABLE",
        "SQLITE_BUSY_SNAPSHOT, UNAVAILABLE",
        "SQLITE_FULL, FULL",
        "SQLITE_ERROR, OTHER"
    })
    void sqliteErrorsAreClassifiedByResultCode(SQLiteErrorCode code, DatabaseErrorKind kind) {
        assertEquals(kind, sqlite.classify(new SQLiteException("message", code)));
    }

    @Test
    void exhaustedPoolIsUnavailable() {
        SQLException timeout = new SQLTransientConnectionException("no connection in time");
        assertEquals(DatabaseErrorKind.UNAVAILABLE, sqlite.classify(timeout));
        assertEquals(DatabaseErrorKind.UNAVAILABLE, postgres.classify(timeout));
    }

    /** Clients retry 429 always, 503 where it does no harm if the first attempt was successful, and 500 not. */
    @Test
    void errorsThatMayPassAreTemporary() {
        SQLException cause = new SQLException();
        assertEquals(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                DatabaseErrorKind.UNAVAILABLE.toException(cause).code());
        assertEquals(
                ErrorCode.RESOURCE_EXHAUSTED,
                DatabaseErrorKind.RETRY.toException(cause).code());
        assertEquals(
                ErrorCode.INTERNAL_ERROR,
                DatabaseErrorKind.FULL.toException(cause).code());
        assertEquals(
                ErrorCode.INTERNAL_ERROR,
                DatabaseErrorKind.OTHER.toException(cause).code());
    }
}
