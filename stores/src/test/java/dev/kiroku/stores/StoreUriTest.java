package dev.kiroku.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUriTest {
    @Test
    void sqlitePathIsRelativeWithThreeSlashesAndAbsoluteWithFour() {
        assertEquals(new StoreUri.Sqlite(Path.of("data/kiroku.db")), StoreUriParser.parse("sqlite:///data/kiroku.db"));
        assertEquals(
                new StoreUri.Sqlite(Path.of("/data/kiroku.db")), StoreUriParser.parse("sqlite:////data/kiroku.db"));
        assertEquals(
                "sqlite:////data/kiroku.db",
                StoreUriParser.parse("sqlite:////data/kiroku.db").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql", "postgres", "postgresql+psycopg2", "postgresql+psycopg", "PostgreSQL"})
    void postgresSchemesAreEquivalent(String scheme) {
        assertEquals(
                new StoreUri.Postgres("db-host", 5433, "mlflow", "ann", "secret", Map.of()),
                StoreUriParser.parse(scheme + "://ann:secret@db-host:5433/mlflow"));
    }

    @Test
    void postgresUriDefaults() {
        assertEquals(
                new StoreUri.Postgres("db", 5432, "runs", null, null, Map.of()),
                StoreUriParser.parse("postgresql://db/runs"));
        assertEquals(
                new StoreUri.Postgres("::1", 5432, "runs", "ann", null, Map.of()),
                StoreUriParser.parse("postgresql://ann@[::1]/runs"));
        assertEquals(
                "jdbc:postgresql://[::1]:5432/runs",
                postgres("postgresql://ann@[::1]/runs").jdbcUrl());
    }

    @Test
    void userAndPasswordArePercentDecoded() {
        StoreUri.Postgres uri = postgres("postgresql://a%40b:p%40ss%2Fw%3Ard%25+%C3%A9@db/runs");
        assertEquals("a@b", uri.driverProperties().getProperty("user"));
        assertEquals("p@ss/w:rd%+é", uri.driverProperties().getProperty("password"));
        assertEquals("a:b", postgres("postgresql://ann:a:b@db/runs").password());
    }

    @Test
    void libpqOptionsAreMappedToDriverProperties() {
        StoreUri.Postgres uri =
                postgres("postgresql://ann@db/runs?sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=5");
        assertEquals(Map.of("sslmode", "verify-full", "sslrootcert", "/ca.pem", "connectTimeout", "5"), uri.options());
        assertEquals("verify-full", uri.driverProperties().getProperty("sslmode"));
    }

    @Test
    void toStringHidesPassword() {
        String shown = StoreUriParser.parse("postgresql://ann:hunter2@db/runs?sslpassword=hunter3&sslmode=require")
                .toString();
        assertEquals("postgresql://ann:***@db:5432/runs?sslmode=require&sslpassword=***", shown);
        assertFalse(postgres("postgresql://ann:hunter2@db/runs").jdbcUrl().contains("hunter2"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mysql://ann:hunter2@db/runs                        | has the scheme 'mysql', which is not supported
            mssql+pymssql://ann:hunter2@db/runs                | has the scheme 'mssql+pymssql'
            databricks://profile                               | has the scheme 'databricks'
            file:///mlruns                                     | names a file store
            ./mlruns                                           | is not a database URI; supported are
            sqlite://data.db                                   | has two slashes where sqlite needs three
            sqlite:///                                         | names no file
            sqlite:///:memory:                                 | names no file
            sqlite:///a.db?mode=ro                             | has options after '?'
            postgresql:///runs                                 | names no host; Unix sockets are not supported
            postgresql://ann:hunter2@/runs?host=/var/run       | has the host among its options
            postgresql://ann:hunter2@db                        | names no database
            postgresql://ann:hunter2@db/                       | names no database
            postgresql://ann:hunter2@db:54321x/runs            | has a port that is not a number
            postgresql://ann:hunter2@db:70000/runs             | has a port that is not a number
            postgresql://ann:hunter2@db/runs?socketFactory=x   | has an option 'socketFactory' that is not supported; supported are
            postgresql://ann:hunter2@db/runs?sslmode           | has an option 'sslmode'
            postgresql://ann:hunter2@db/runs?sslmode=perhaps   | has an unknown sslmode; it must be one of disable, allow
            postgresql://ann:hunter2%zz@db/runs                | has a percent sign
            postgresql://ann:hun@ter2@db/runs                  | has a port that is not a number from 1 to 65535 (in a password write @ as %40
            """)
    void invalidUriIsExplainedWithoutPassword(String text, String reason) {
        KirokuException refused = assertThrows(KirokuException.class, () -> StoreUriParser.parse(text));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        assertTrue(refused.getMessage().startsWith(reason), refused.getMessage());
        assertFalse(refused.getMessage().contains("hunter2"), refused.getMessage());
    }

    private static StoreUri.Postgres postgres(String text) {
        return assertInstanceOf(StoreUri.Postgres.class, StoreUriParser.parse(text));
    }
}
