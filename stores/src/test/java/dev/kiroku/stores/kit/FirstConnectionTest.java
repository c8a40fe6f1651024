package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreSettings;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Dialects;
import dev.kiroku.stores.dialect.PostgresDialect;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is waited for when a database is opened, and what is not. */
class FirstConnectionTest {
    private static final Duration WAIT = Duration.ofMinutes(2);

    private final Logger log = Logger.getLogger("dev.kiroku.stores.sql.FirstConnection");
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            messages.add(new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void record() {
        log.addHandler(handler);
    }

    @AfterEach
    void stopRecording() {
        log.removeHandler(handler);
    }

    @Test
    void databaseThatStartsLateIsWaitedFor() throws Exception {
        int port = freePort();
        CompletableFuture<Stores> opening = openLater(uri(port, "postgres", "postgres", "s3cr3t"));
        String message = messages.take();
        assertTrue(message.contains("postgresql://postgres:***@127.0.0.1:" + port + "/postgres"), message);
        assertTrue(message.contains("refused") && message.contains("Waiting for it"), message);
        try (EmbeddedPostgres _ = EmbeddedPostgres.builder().setPort(port).start();
                Stores stores = opening.get()) {
            assertEquals("Default", stores.experiments().get(0).name());
        }
    }

    @Test
    void databaseThatAcceptsConnectionsAndDoesNotAnswerIsWaitedFor() throws Exception {
        CompletableFuture<Stores> opening;
        int port;
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            port = silent.getLocalPort();
            opening = openLater(new StoreUri.Postgres(
                    "127.0.0.1", port, "postgres", "postgres", null, Map.of("connectTimeout", "1")));
            messages.take();
        }
        try (EmbeddedPostgres _ = EmbeddedPostgres.builder().setPort(port).start();
                Stores stores = opening.get()) {
            assertEquals("Default", stores.experiments().get(0).name());
        }
    }

    @Test
    void whatWaitingDoesNotMendIsReportedAtOnce() throws Exception {
        try (EmbeddedPostgres postgres = TestDatabases.startPostgres()) {
            requirePassword(postgres);
            assertRefused(uri(postgres.getPort(), "postgres", "ann", "wrong"), "password authentication failed");
            assertRefused(uri(postgres.getPort(), "postgres", "ann", null), "no password was provided");
            assertRefused(uri(postgres.getPort(), "postgres", "nobody", null), "role \"nobody\" does not exist");
            assertRefused(uri(postgres.getPort(), "nowhere", "postgres", null), "database \"nowhere\" does not exist");
            assertRefused(
                    new StoreUri.Postgres(
                            "127.0.0.1",
                            postgres.getPort(),
                            "postgres",
                            "postgres",
                            null,
                            Map.of("sslmode", "require")),
                    "does not support SSL");
        }
        assertTrue(messages.isEmpty(), messages.toString());
    }

    @Test
    void schemaThatMayNotBeCreatedIsReported() throws Exception {
        try (EmbeddedPostgres postgres = TestDatabases.startPostgres()) {
            execute(postgres, "create role guest login");
            execute(postgres, "revoke create on schema public from public");
            assertRefused(uri(postgres.getPort(), "postgres", "guest", null), "permission denied for schema public");
        }
    }

    @Test
    void waitEnds() throws IOException {
        StoreUri uri = uri(freePort(), "postgres", "postgres", null);
        KirokuException failure = assertThrows(KirokuException.class, () -> open(uri, Duration.ZERO));
        assertEquals(ErrorCode.TEMPORARILY_UNAVAILABLE, failure.code());
        assertTrue(failure.getMessage().contains("refused"), failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"57P03", "57P01", "53300", "08001", "08006"})
    void temporaryStates(String state) {
        assertTrue(dialect().mayConnectLater(new SQLException("the database system is starting up", state)));
    }

    @ParameterizedTest
    @CsvSource({"28P01", "28000", "3D000", "08004", "08P01", "42501", "''"})
    void lastingStates(String state) {
        assertEquals(false, dialect().mayConnectLater(new SQLException("no", state)));
    }

    private static PostgresDialect dialect() {
        return new PostgresDialect(new StoreUri.Postgres("h", 1, "d", null, null, Map.of()));
    }

    private static void assertRefused(StoreUri uri, String reason) {
        KirokuException refusal =
                assertThrows(KirokuException.class, () -> open(uri, WAIT).close());
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusal.code());
        assertTrue(
                refusal.getMessage().startsWith("The database " + uri + " cannot be opened: ")
                        && refusal.getMessage().contains(reason),
                refusal.getMessage());
    }

    /** Makes the role {@code ann} sign in with a password. */
    private static void requirePassword(EmbeddedPostgres postgres) throws SQLException, IOException {
        execute(postgres, "create role ann login password 'right'");
        Path file;
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("show hba_file")) {
            rows.next();
            file = Path.of(rows.getString(1));
        }
        Files.writeString(file, "host all ann 127.0.0.1/32 scram-sha-256\n" + Files.readString(file));
        execute(postgres, "select pg_reload_conf()");
    }

    private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static CompletableFuture<Stores> openLater(StoreUri uri) {
        CompletableFuture<Stores> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(open(uri, WAIT));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static Stores open(StoreUri uri, Duration wait) {
        return Stores.open(Dialects.of(uri), StoreSettings.DEFAULT.withWait(wait), id -> "mlflow-artifacts:/" + id, 1);
    }

    private static StoreUri uri(int port, String database, String user, String password) {
        return new StoreUri.Postgres("127.0.0.1", port, database, user, password, Map.of());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
