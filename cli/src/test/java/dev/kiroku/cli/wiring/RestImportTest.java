package dev.kiroku.cli.wiring;

import static dev.kiroku.cli.wiring.AccessTestServer.assertLine;
import static dev.kiroku.cli.wiring.AccessTestServer.cli;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.api.Caller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiroku import} from a server with users, over its API. The server has what a database of MLflow 3.17.2 has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestImportTest {
    private static final String STORE = "--backend-store-uri";

    @TempDir
    private static Path folder;

    private String original;
    private AccessTestServer server;

    @BeforeAll
    void start() throws Exception {
        Path database = folder.resolve("mlflow.db");
        try (var in = new GZIPInputStream(
                Files.newInputStream(Path.of("../transfer/src/test/resources/mlflow/mlflow-3.17.2.db.gz")))) {
            Files.copy(in, database);
        }
        original = "sqlite:///" + database;
        AccessTestServer.Answer filled = cli(Map.of(), "import", original, STORE, store("kiroku.db"));
        assertEquals(0, filled.status(), filled.body());
        server = new AccessTestServer(
                folder, Map.of("default-permission", "READ"), Map.of("root", List.of(Caller.ADMINS), "ann", List.of()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String store(String file) {
        return "sqlite:///" + folder.resolve(file);
    }

    private AccessTestServer.Answer as(String user, String... words) {
        return cli(Map.of("MLFLOW_TRACKING_TOKEN", server.token(user)), words);
    }

    private String url() {
        return "http://127.0.0.1:" + server.port();
    }

    @Test
    void administratorsCopyEverything() {
        String copy = store("copy.db");
        AccessTestServer.Answer counted = as("root", "import", url(), STORE, copy, "--dry-run");
        assertEquals(0, counted.status(), counted.body());
        assertLine("runs +8 new", counted);
        AccessTestServer.Answer imported = as("root", "import", url(), STORE, copy);
        assertEquals(0, imported.status(), imported.body());
        assertLine("runs +8 new", imported);
        assertLine("webhooks +2 new", imported);

        AccessTestServer.Answer same = as("root", "import", "verify", url(), STORE, copy);
        assertEquals(0, same.status(), same.body());
        AccessTestServer.Answer verified = cli(Map.of(), "import", "verify", original, STORE, copy);
        assertTrue(verified.body().contains("1 differences"), verified.body());
        assertLine("logged model m-\\w+ is missing", verified); // it is deleted

        AccessTestServer.Answer again = as("root", "import", url(), STORE, copy);
        assertEquals(0, again.status(), again.body());
        assertLine("runs +0 new, 8 here already", again);
        assertLine("metric points +0 new, \\d+ here already", again);
        assertLine("registered models +0 new, \\d here already", again);
        assertFalse(again.body().contains("changed"), again.body());
    }

    @Test
    void othersAreToldWhatTheyMayNotRead() {
        AccessTestServer.Answer readable = as("ann", "import", url(), STORE, store("of-ann.db"));
        assertEquals(1, readable.status(), readable.body());
        assertLine("runs +8 new", readable);
        assertTrue(readable.body().contains("Webhooks are left out"), readable.body());
        AccessTestServer.Answer nobody = cli(Map.of(), "import", url(), STORE, store("of-nobody.db"));
        assertEquals(1, nobody.status(), nobody.body());
        assertTrue(nobody.body().contains("MLFLOW_TRACKING_USERNAME"), nobody.body());
    }
}
