package dev.kiroku.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoresTest {
    @TempDir
    private Path folder;

    @Test
    void databaseOfMlflowIsRefused() throws SQLException {
        KirokuException refusal = assertThrows(KirokuException.class, this::openDatabaseOfMlflow);
        assertTrue(refusal.getMessage().contains("made by MLflow"), refusal.getMessage());
    }

    @Test
    void failedOpenClosesEverything() throws SQLException {
        long before = writerThreads();
        assertThrows(KirokuException.class, this::openDatabaseOfMlflow);
        assertEquals(before, writerThreads());
    }

    @Test
    void failureToCreateDefaultExperimentClosesEverything() {
        long before = writerThreads();
        StoreUri uri = new StoreUri.Sqlite(folder.resolve("kiroku.db"));
        assertThrows(
                KirokuException.class,
                () -> Stores.open(
                        uri,
                        _ -> {
                            throw new IllegalStateException("no artifact root");
                        },
                        1));
        assertEquals(before, writerThreads());
    }

    @Test
    void createdFilesAndFoldersAreForTheOwnerAlone() throws IOException {
        Path inner = folder.resolve("a").resolve("b");
        Path file = inner.resolve("kiroku.db");
        try (Stores _ = Stores.open(new StoreUri.Sqlite(file), id -> "mlflow-artifacts:/" + id, 1)) {
            for (String ending : List.of("", "-wal", "-shm")) {
                assertEquals("rw-------", permissions(inner.resolve("kiroku.db" + ending)), ending);
            }
        }
        assertEquals("rwx------", permissions(inner));
        assertEquals("rwx------", permissions(inner.getParent()));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private void openDatabaseOfMlflow() throws SQLException {
        Path file = folder.resolve("mlflow.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("create table if not exists alembic_version (version_num text)");
        }
        Stores.open(new StoreUri.Sqlite(file), id -> "mlflow-artifacts:/" + id, 1)
                .close();
    }

    private static long writerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("store-writer-"))
                .count();
    }
}
