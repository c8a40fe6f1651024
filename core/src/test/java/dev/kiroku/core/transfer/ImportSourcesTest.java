package dev.kiroku.core.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.transfer.ImportSources.Kind;
import dev.kiroku.core.transfer.ImportSources.Source;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request may import from. */
class ImportSourcesTest {
    private static final ImportSources REMOTE = new ImportSources(
            List.of("https://mlflow.example.com/team", "http://127.0.0.1:5001", "postgresql://db-host/mlflow"));

    private Path allowed;
    private ImportSources folders;

    @BeforeEach
    void createFolders(@TempDir Path folder) throws IOException {
        Path real = folder.toRealPath();
        allowed = Files.createDirectories(real.resolve("allowed"));
        Files.createDirectories(allowed.resolve("mlruns"));
        Files.writeString(allowed.resolve("mlflow.db"), "");
        Files.writeString(real.resolve("secret.db"), "");
        Files.createDirectories(real.resolve("allowed-not"));
        Files.createSymbolicLink(allowed.resolve("link.db"), real.resolve("secret.db"));
        Files.createSymbolicLink(allowed.resolve("out"), real);
        folders = new ImportSources(List.of(allowed.toString(), "/does/not/exist"));
    }

    private static String refusal(ImportSources sources, String given) {
        KirokuException refused = assertThrows(KirokuException.class, () -> sources.require(given), given);
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        return String.valueOf(refused.getMessage());
    }

    @Test
    void nothingIsAllowedByDefault() {
        String message = refusal(new ImportSources(List.of()), "http://127.0.0.1:5000");
        assertTrue(message.contains("--import-sources"), message);
    }

    @Test
    void whatTheOperatorAllows() {
        assertEquals(
                new Source(Kind.SERVER, "https://MLFLOW.example.com:443/team/a"),
                REMOTE.require(" https://MLFLOW.example.com:443/team/a/ "));
        assertEquals(new Source(Kind.SERVER, "http://127.0.0.1:5001"), REMOTE.require("http://127.0.0.1:5001"));
        assertEquals(
                new Source(Kind.DATABASE, "postgresql+psycopg2://db-host:5432/mlflow"),
                REMOTE.require("postgresql+psycopg2://db-host:5432/mlflow"));
        assertEquals(
                new Source(Kind.DATABASE, "sqlite:///" + allowed.resolve("mlflow.db")),
                folders.require("sqlite:///" + allowed.resolve("mlflow.db")));
        assertEquals(
                new Source(Kind.FOLDER, allowed.resolve("mlruns").toString()),
                folders.require("file://" + allowed.resolve("x/../mlruns")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://mlflow.example.com",
                "https://mlflow.example.com/team-b",
                "https://mlflow.example.com/team/../admin",
                "https://mlflow.example.com/team/%2e%2e/admin",
                "https://mlflow.example.com.evil.org/team",
                "https://mlflow.example.com:444/team",
                "https://mlflow.example.com/team?x=1",
                "https://mlflow.example.com/team#x",
                "http://mlflow.example.com/team",
                "http://127.0.0.1:5001@evil.org/",
                "http://ann:secret@127.0.0.1:5001",
                "http://169.254.169.254/latest",
                "http://127.0.0.1:99999",
                "postgresql://db-host/other",
                "postgresql://db-host/mlflow?socketFactory=x",
                "postgresql://db-host/mlflow%3FsocketFactory=x",
                "postgresql://db-host,evil.org/mlflow",
                "postgresql://mlflow:secret@db-host/mlflow",
                "mysql://db-host/mlflow",
                "jdbc:postgresql://db-host/mlflow",
                "sqlite:////etc/passwd",
                "/etc",
                "mlruns",
                "ftp://db-host/x",
                "databricks",
                ""
            })
    void whatIsNotAllowed(String given) {
        assertFalse(refusal(REMOTE, given).contains("secret"), given);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sqlite:///A/../secret.db",
                "sqlite:///A/link.db",
                "sqlite:///A/out/secret.db",
                "sqlite:///A/mlflow.db?mode=rw",
                "sqlite:///A/mlruns",
                "sqlite:///mlflow.db",
                "A/out",
                "A-not",
                "A/mlflow.db",
                "A/none",
                "file://host/A/mlruns",
                "file:A/../..",
                "http://127.0.0.1:5001"
            })
    void foldersDoNotLeadElsewhere(String given) {
        refusal(folders, given.replace("A", allowed.toString()));
    }

    @Test
    void whatIsOutsideIsNotToldApart() {
        String there = refusal(folders, "sqlite:///" + allowed.resolve("../secret.db"));
        String missing = refusal(folders, "sqlite:///" + allowed.resolve("../secret.no"));
        assertEquals(there.replace("secret.db", "?"), missing.replace("secret.no", "?"));
    }
}
