package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.ExitStatus;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starts that cannot succeed, as users type them: each is reported in one line that says what is wrong. */
@Timeout(120) // a start that succeeds would serve until its thread is interrupted
class BadStartTest {
    @TempDir
    private static Path folder;

    private static ServerSocket occupied;

    private final List<Handler> handlers = new ArrayList<>();
    private Level level;

    @BeforeAll
    static void prepare() throws IOException, SQLException {
        occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Files.createDirectory(folder.resolve("folder"));
        Files.writeString(
                folder.resolve("text"), "This is a text and no database, configuration, or anything else. ".repeat(99));
        createDatabase(
                "newer.db",
                "insert into kiroku_schema (installed_rank, version, description, type, script,"
                        + " installed_by, execution_time, success) values (999, '999', 'x', 'SQL', 'x', 'x', 1, 1)");
        createDatabase("partial.db", "drop table server_keys");
        createDatabase("damaged.db", "create table filler (x)");
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("damaged.db").toFile(), "rw")) {
            byte[] garbage = new byte[(int) file.length() - 100];
            Arrays.fill(garbage, (byte) 'x');
            file.seek(100); // after the header
            file.write(garbage);
        }
        Files.createFile(folder.resolve("mlflow.db"));
        execute("mlflow.db", "create table alembic_version (version_num text)");
        Files.writeString(folder.resolve("list.yaml"), "- port\n");
        Files.writeString(folder.resolve("unended.yaml"), "port: [1\n");
        Files.writeString(folder.resolve("unknown.yaml"), "prot: 1\n");
        Files.writeString(folder.resolve("deep.yaml"), "port: " + "[".repeat(10_000));
        Files.writeString(folder.resolve("value.yaml"), "port: many\n");
        Files.write(folder.resolve("latin1.yaml"), "host: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(
                folder.resolve("basic_auth.ini"), "[mlflow]\nadmin_password = s3cr3t\nauthorization_function = a:b\n");
        Files.writeString(folder.resolve("models.yaml"), "models: {m: {url: x}}\n");
    }

    private static void createDatabase(String name, String statement) throws SQLException {
        Stores.open(new StoreUri.Sqlite(folder.resolve(name)), Duration.ZERO).close();
        execute(name, statement);
    }

    private static void execute(String name, String statement) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name));
                var sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @AfterAll
    static void freePort() throws IOException {
        occupied.close();
    }

    /** A start replaces the configuration of the log. */
    @BeforeEach
    void rememberLog() {
        Logger root = Logger.getLogger("");
        handlers.addAll(List.of(root.getHandlers()));
        level = root.getLevel();
    }

    @AfterEach
    void restoreLog() {
        Logger root = Logger.getLogger("");
        List.of(root.getHandlers()).forEach(root::removeHandler);
        handlers.forEach(root::addHandler);
        root.setLevel(level);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            --backend-store-uri sqlite:///DIR/text                            | 1 | not a database
            --backend-store-uri sqlite:///DIR/damaged.db                      | 1 | cannot be opened
            --backend-store-uri sqlite:///DIR/partial.db                      | 1 | no such table: server_keys
            --backend-store-uri sqlite:///DIR/folder                          | 1 | folder is a folder
            --backend-store-uri sqlite:////                                   | 1 | is a folder
            --backend-store-uri sqlite:///DIR/text/k.db                       | 1 | text exists and is not a folder
            --backend-store-uri sqlite:////proc/kiroku/k.db                   | 1 | /proc/kiroku of the database cannot be created
            --backend-store-uri sqlite:////proc/k.db                          | 1 | cannot be created
            --backend-store-uri sqlite:///DIR/newer.db                        | 1 | schema version 999
            --backend-store-uri sqlite:///DIR/mlflow.db                       | 1 | made by MLflow
            --backend-store-uri sqlite://k.db                                 | 2 | three (sqlite:///file.db)
            --backend-store-uri sqlite:///                                    | 2 | names no file
            --backend-store-uri sqlite:///:memory:                            | 2 | names no file
            --backend-store-uri sqlite:///k.db?mode=ro                        | 2 | sqlite URIs take none
            --backend-store-uri DIR/k.db                                      | 2 | is not a database URI
            --backend-store-uri kiroku                                        | 2 | is not a database URI
            --backend-store-uri file:///DIR/mlruns                            | 2 | names a file store
            --backend-store-uri mysql+pymysql://u:s3cr3t@h/d                  | 2 | has the scheme 'mysql+pymysql'
            --backend-store-uri databricks://profile                          | 2 | has the scheme 'databricks'
            --backend-store-uri postgresql:///d                               | 2 | names no host
            --backend-store-uri postgresql://h                                | 2 | names no database
            --backend-store-uri postgresql://h:abc/d                          | 2 | has a port that is not a number
            --backend-store-uri postgresql://u:s3cr3t@w0rd@h/d                | 2 | write @ as %40
            --backend-store-uri postgresql://u:s3cr3t%ZZ@h/d                  | 2 | write % itself as %25
            --backend-store-uri postgresql://h/d?sslmode=on                   | 2 | unknown sslmode
            --backend-store-uri postgresql://h/d?host=/var/run                | 2 | Unix sockets are not supported
            --backend-store-uri postgresql://h^st/d --database-wait 0         | 1 | cannot be
            --backend-store-uri postgresql://nowhere.invalid/d --database-wait 0 | 1 | nowhere.invalid
            --backend-store-uri postgresql://127.0.0.1:1/d --database-wait 0  | 1 | cannot be reached
            --backend-store-uri postgresql://127.0.0.1:1/d?sslmode=verify-full&sslrootcert=DIR/none --database-wait 0 | 1 | cannot be
            --registry-store-uri sqlite:///DIR/other.db                       | 2 | must be the backend store
            --artifacts-destination DIR/text                                  | 1 | text is not a folder
            --artifacts-destination DIR/text/below                            | 1 | text is not a folder
            --artifacts-destination file://other-host/folder                  | 1 | is a folder of another machine
            --artifacts-destination s3://                                     | 2 | must name a bucket
            --artifacts-destination s3:bucket                                 | 2 | must name a bucket
            --artifacts-destination s3://a_b/c                                | 2 | must name a bucket
            --artifacts-destination wasbs://c@a.blob.core.windows.net/x       | 2 | has the scheme 'wasbs'
            --artifacts-destination abfss://c@a.dfs.core.windows.net/x        | 2 | has the scheme 'abfss'
            --artifacts-destination hdfs://h:8020/x                           | 2 | has the scheme 'hdfs'
            --artifacts-destination gs://b[1]/^x%                             | 2 | has the scheme 'gs'
            --artifacts-destination http://h/api/2.0/mlflow-artifacts/artifacts | 2 | must be a folder or s3://bucket/folder
            --default-artifact-root gs://b/x                                  | 2 | has the scheme 'gs'
            --default-artifact-root http://h/x                                | 2 | must be the address of proxied artifacts
            --default-artifact-root http://h^st/api/2.0/mlflow-artifacts/artifacts --no-serve-artifacts | 1 | is not a URL
            --default-artifact-root http://h:99999999/api/2.0/mlflow-artifacts/artifacts --no-serve-artifacts | 1 | is not a URL
            --default-artifact-root DIR/text --no-serve-artifacts             | 1 | text is not a folder
            --artifacts-destination s3://bucket MLFLOW_S3_ENDPOINT_URL=s3.example.com | 1 | The S3 endpoint
            --artifacts-destination s3://bucket MLFLOW_S3_UPLOAD_EXTRA_ARGS={      | 1 | MLFLOW_S3_UPLOAD_EXTRA_ARGS
            --tls-cert DIR/none.pem                                           | 1 | none.pem
            --tls-cert DIR/text                                               | 1 | DIR/text
            --tls-cert DIR/folder --tls-key DIR/text                          | 1 | DIR/
            --artifacts-only --no-serve-artifacts                             | 2 | exclude each other
            --port BUSY                                                       | 1 | cannot listen at 127.0.0.1:BUSY
            --port 65536                                                      | 2 | --port must be an integer
            --host 203.0.113.1 --port 0                                       | 1 | cannot listen at 203.0.113.1
            --host nowhere.invalid --port 0                                   | 1 | cannot listen at nowhere.invalid
            --host café                                                       | 2 | must be a host name or an address
            --config DIR/none.yaml                                            | 2 | it does not exist
            --config DIR/folder                                               | 2 | cannot be read: Is a directory
            --config DIR/list.yaml                                            | 2 | must contain lines like 'port: 5000'
            --config DIR/unended.yaml                                         | 2 | is not YAML
            --config DIR/deep.yaml                                            | 2 | nested more than 100 levels deep
            --config DIR/unknown.yaml                                         | 2 | did you mean 'port'?
            --config DIR/value.yaml                                           | 2 | --port must be an integer
            --config DIR/latin1.yaml                                          | 2 | it is not text in UTF-8
            KIROKU_CONFIG=DIR/none.yaml                                       | 2 | it does not exist
            --mlflow-ui DIR/folder                                            | 2 | has no web UI of MLflow
            --trusted-proxies 10.0.0.0/99 --auth PROXY                        | 2 | --trusted-proxies
            --webhook-secret-key abc                                          | 2 | --webhook-secret-key
            --app-name basic-auth                                             | 1 | Set MLFLOW_AUTH_ADMIN_PASSWORD for the first start
            --app-name basic-auth MLFLOW_AUTH_ADMIN_PASSWORD=s3cr3t           | 1 | A password must have 8 to 1024 characters.
            --app-name basic-auth MLFLOW_AUTH_ADMIN_PASSWORD=password1234     | 2 | must not be the password that MLflow
            --app-name basic-auth MLFLOW_AUTH_ADMIN_USERNAME=a/b MLFLOW_AUTH_ADMIN_PASSWORD=s3cr3t-s3cr3t | 1 | The administrator 'a/b' cannot be added
            --app-name basic-auth --auth OFF                                  | 2 | means --auth BASIC
            --app-name my-app                                                 | 2 | --app-name must be basic-auth
            --app-name basic-auth MLFLOW_AUTH_CONFIG_PATH=DIR/none.ini        | 2 | none.ini cannot be read: it does not exist
            --app-name basic-auth MLFLOW_AUTH_CONFIG_PATH=DIR/folder          | 2 | folder cannot be read: Is a directory
            --app-name basic-auth MLFLOW_AUTH_CONFIG_PATH=DIR/latin1.yaml     | 2 | it is not text in UTF-8
            --app-name basic-auth --auth-config DIR/basic_auth.ini            | 2 | basic_auth.ini:3: authorization_function
            MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX=(             | 1 | is not a regular expression
            MLFLOW_PORT=http                                                  | 2 | from environment MLFLOW_PORT
            """)
    void serverStart(String words, int status, String reason) {
        assertReported("server", words, status, reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            -m DIR/none                                  | 2 | There is no directory
            -m DIR/folder                                | 1 | it has no file MLmodel
            -m DIR/text                                  | 2 | There is no directory
            -m gs://bucket/model                         | 1 | gs
            -m models:/                                  | 2 | models:/
            --config DIR/none.yaml                       | 2 | it does not exist
            --config DIR/models.yaml                     | 2 | has the unknown key 'url'
            --config DIR/deep.yaml                       | 2 | nested more than 100 levels deep
            -m DIR/folder --config DIR/models.yaml       | 2 | exclude each other
            -m DIR/folder --port BUSY                    | 1 | cannot listen at 127.0.0.1:BUSY
            -m DIR/folder --host nowhere.invalid         | 1 | cannot listen at nowhere.invalid
            -m DIR/folder --capture DIR/folder           | 1 | folder
            -m DIR/folder --capture DIR/text/x           | 1 | text/x
            -m DIR/folder --env-manager conda            | 2 | --env-manager conda is not supported
            -m DIR/folder --workers none                 | 2 | --workers must be an integer
            """)
    void modelServerStart(String words, int status, String reason) {
        boolean ports = words.contains("--port") || words.contains("--host");
        assertReported("models serve", words + (ports ? "" : " --port 0"), status, reason);
    }

    private void assertReported(String command, String words, int status, String reason) {
        Map<String, String> environment =
                new TreeMap<>(Map.of("KIROKU_CACHE", folder.resolve("cache").toString()));
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        for (String word : withNames(words).split(" ")) {
            if (word.matches("[A-Z][A-Z0-9_]+=.*")) {
                environment.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
            } else {
                arguments.add(word);
            }
        }
        if (command.equals("server") && !words.contains("--backend-store-uri")) {
            arguments.addAll(List.of("--backend-store-uri", "sqlite:///" + folder.resolve("good.db")));
        }
        if (command.equals("server") && !words.matches(".*(--port|--config|MLFLOW_PORT).*")) {
            arguments.addAll(List.of("--port", "0"));
        }
        if (command.equals("server") && !words.contains("--artifacts-destination")) {
            arguments.addAll(
                    List.of("--artifacts-destination", folder.resolve("good").toString()));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int actual = new Cli(new CommandContext(err, err, environment)).run(arguments.toArray(String[]::new));
        String said = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.startsWith("kiroku " + command + ": "), said);
        assertTrue(said.contains(withNames(reason)), said);
        assertTrue(!said.contains("unexpected error") && !said.contains("s3cr3t"), said);
        assertEquals(status, actual, said);
        assertTrue(actual == ExitStatus.FAILURE || actual == ExitStatus.USAGE_ERROR);
    }

    private static String withNames(String text) {
        return text.replace("DIR", folder.toString()).replace("BUSY", Integer.toString(occupied.getLocalPort()));
    }
}
