package dev.kiroku.stores.dialect;

import com.zaxxer.hikari.HikariConfig;
import dev.kiroku.core.audit.CanonicalJson;
import dev.kiroku.core.files.FileErrors;
import dev.kiroku.core.files.PrivateFiles;
import dev.kiroku.core.search.LikePattern;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.Function;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite, embedded in the process: one writer, readers that do not wait for it (WAL). */
public class SqliteDialect extends StandardDialect {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteDialect.class);
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;
    /** More than the program has statements without lists of values. */
    private static final int STATEMENT_CACHE_SIZE = 128;

    /** Virtual machine instructions between two checks of the deadline: about a millisecond. */
    private static final int INSTRUCTIONS_PER_CHECK = 100_000;

    private static final String LIKE_FUNCTION = "like_pattern";
    private static final int MAX_NATIVE_PATTERN_LENGTH = 64;

    private final StoreUri.Sqlite uri;
    private final Path file;
    private final Duration timeout;
    private final Map<Connection, Deadline> deadlines = new ConcurrentHashMap<>();

    /** Interrupts the statements of a connection after a point in time. */
    private static final class Deadline extends ProgressHandler {
        private volatile long nanoTime;

        @Override
        protected int progress() {
            return System.nanoTime() - nanoTime > 0 ? 1 : 0;
        }
    }

    /** Creates the dialect of a database file. */
    public SqliteDialect(StoreUri.Sqlite uri) {
        this(uri, TIMEOUT);
    }

    /** Creates the dialect of a database file with another timeout, for tests. */
    public SqliteDialect(StoreUri.Sqlite uri, Duration timeout) {
        this.uri = uri;
        this.file = uri.file().toAbsolutePath();
        this.timeout = timeout;
    }

    @Override
    public StoreUri uri() {
        return uri;
    }

    /** Creates the file, and with it the mode of its write-ahead log and of its index, which SQLite creates alike. */
    @Override
    public void prepare() {
        if (Files.isDirectory(file)) {
            throw KirokuException.invalid(
                    "The database %s cannot be opened: %s is a folder. Name a file, such as sqlite:///%s.",
                    uri, file, file.resolve("kiroku.db"));
        }
        Path folder = Objects.requireNonNull(file.getParent(), "only a root folder has none");
        try {
            PrivateFiles.createDirectories(folder);
        } catch (IOException e) {
            throw KirokuException.invalid(
                    "The folder %s of the database cannot be created: %s. Create it, or name another file in --backend-store-uri.",
                    folder, FileErrors.reason(e));
        }
        try {
            PrivateFiles.createIfMissing(file);
            PrivateFiles.findExposedMode(file)
                    .ifPresent(mode -> LOG.warn(
                            "Other users of this machine can read the database file {} (mode {}). If they should not: chmod 600 {}*",
                            file,
                            mode,
                            file));
        } catch (IOException e) {
            throw KirokuException.invalid(
                    "The database %s cannot be opened: the file %s cannot be created: %s. Name another file in --backend-store-uri.",
                    uri, file, FileErrors.reason(e));
        }
    }

    @Override
    public void configureReadPool(HikariConfig config) {
        configure(config, SQLiteConfig.TransactionMode.DEFERRED);
    }

    @Override
    public void configureWritePool(HikariConfig config) {
        configure(config, SQLiteConfig.TransactionMode.IMMEDIATE);
    }

    /** @param mode whether a transaction waits at its beginning for the write lock, as a writer must and a reader must not */
    private void configure(HikariConfig config, SQLiteConfig.TransactionMode mode) {
        SQLiteConfig sqlite = new SQLiteConfig(); // one for each pool: its properties are a view of it, not a copy
        sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
        sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        sqlite.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        sqlite.setTempStore(SQLiteConfig.TempStore.MEMORY);
        sqlite.enableCaseSensitiveLike(true);
        sqlite.setTransactionMode(mode);
        config.setJdbcUrl("jdbc:sqlite:" + file);
        config.setDataSourceProperties(sqlite.toProperties());
        // A file does not drop connections: they stay open, and so do their prepared statements.
        config.setMaxLifetime(0);
        config.setIdleTimeout(0);
    }

    @Override
    public void limitDuration(Connection physical) throws SQLException {
        Deadline deadline = deadlines.get(physical);
        if (deadline == null) {
            deadline = new Deadline();
            deadlines.put(physical, deadline);
            ProgressHandler.setHandler(physical, INSTRUCTIONS_PER_CHECK, deadline);
            Function.create(physical, LIKE_FUNCTION, new LikeFunction(), 2, 0);
        }
        deadline.nanoTime = System.nanoTime() + timeout.toNanos();
    }

    @Override
    public int writeConnections() {
        return 1;
    }

    @Override
    public int statementCacheSize() {
        return STATEMENT_CACHE_SIZE;
    }

    @Override
    public DatabaseErrorKind classify(SQLException error) {
        if (error instanceof SQLTransientException) {
            return DatabaseErrorKind.UNAVAILABLE; // no connection became free in time
        }
        if (error instanceof SQLiteException sqlite) {
            SQLiteErrorCode code = sqlite.getResultCode();
            if (code.name().startsWith("SQLITE_BUSY")) {
                return DatabaseErrorKind.UNAVAILABLE;
            }
            if (code == SQLiteErrorCode.SQLITE_INTERRUPT) {
                return DatabaseErrorKind.TIMEOUT; // by the deadline of limitDuration
            }
            if (code == SQLiteErrorCode.SQLITE_FULL) {
                return DatabaseErrorKind.FULL;
            }
        }
        return DatabaseErrorKind.OTHER;
    }

    /** Returns whether another process has locked the file. */
    @Override
    public boolean mayConnectLater(SQLException error) {
        return classify(error) == DatabaseErrorKind.UNAVAILABLE;
    }

    @Override
    public Map<String, String> migrationPlaceholders() {
        return Map.of(
                "identity", "integer primary key autoincrement",
                "text", "text",
                "bytes", "blob",
                "clustered", "without rowid",
                "runs_change_often", "select 1");
    }

    /** Empty: the write lock of the database is held since the beginning of the transaction. */
    @Override
    public String forUpdate() {
        return "";
    }

    @Override
    public Sql textTable(List<List<String>> columns) {
        if (columns.size() == 1) {
            return Sql.of("(select value as c1 from json_each(?)) p", CanonicalJson.encode(columns.getFirst()));
        }
        List<List<String>> rows = new ArrayList<>();
        for (int row = 0; row < columns.getFirst().size(); row++) {
            List<String> cells = new ArrayList<>();
            for (List<String> column : columns) {
                cells.add(column.get(row));
            }
            rows.add(cells);
        }
        String cells = IntStream.range(0, columns.size())
                .mapToObj(i -> "value ->> " + i + " as c" + (i + 1))
                .collect(Collectors.joining(", "));
        return Sql.of("(select " + cells + " from json_each(?)) p", CanonicalJson.encode(rows));
    }

    /** SQLite's LIKE is case-sensitive by a setting of the connection, and has no escape character by default. */
    @Override
    public Sql like(String expression, String pattern) {
        return like(expression, "?", pattern);
    }

    @Override
    public Sql ilike(String expression, String pattern) {
        return like("lower(" + expression + ")", "lower(?)", pattern);
    }

    /** SQLite's LIKE takes time proportional to the length of the pattern for each character of the text: too long for long patterns. */
    private static Sql like(String expression, String placeholder, String pattern) {
        LikePatterns.require(pattern);
        return pattern.length() <= MAX_NATIVE_PATTERN_LENGTH
                ? Sql.of(expression + " like " + placeholder, pattern)
                : Sql.of(LIKE_FUNCTION + "(" + placeholder + ", " + expression + ")", pattern);
    }

    /** Matches a pattern, the first argument, with a text, the second, by {@link LikePattern}. Used by one connection. */
    private static final class LikeFunction extends Function {
        private String pattern = "";
        private LikePattern compiled = LikePattern.compile(pattern, false);

        @Override
        protected void xFunc() throws SQLException {
            String text = value_text(1);
            if (text == null) {
                result();
                return;
            }
            String asked = value_text(0);
            if (!asked.equals(pattern)) {
                pattern = asked;
                compiled = LikePattern.compile(asked, false);
            }
            result(compiled.matches(text) ? 1 : 0);
        }
    }

    @Override
    public String currentTimeMillis() {
        return "cast(unixepoch('subsec') * 1000 as integer)";
    }
}
