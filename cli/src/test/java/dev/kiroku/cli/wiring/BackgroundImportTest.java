package dev.kiroku.cli.wiring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kiroku.core.transfer.ImportRecorder;
import dev.kiroku.core.transfer.ImportRunner;
import dev.kiroku.core.transfer.ImportSources;
import dev.kiroku.core.transfer.ServerImports;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.transfer.ServerImportApi.StartImportRequest;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Imports that a server runs in the background. */
class BackgroundImportTest {
    private static final String START = "/api/2.0/kiroku/imports/start";
    private static final String CANCEL = "/api/2.0/kiroku/imports/cancel";
    private static final String SECRET = "s3cret-password";

    @TempDir
    private Path folder;

    private String database;
    private AccessTestServer server;

    @BeforeEach
    void start() throws Exception {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path file = sources.resolve("mlflow.db");
        try (var in = new GZIPInputStream(
                Files.newInputStream(Path.of("../transfer/src/test/resources/mlflow/mlflow-3.17.2.db.gz")))) {
            Files.copy(in, file);
        }
        database = "sqlite:///" + file.toRealPath();
        server = new AccessTestServer(
                folder,
                Map.of("default-permission", "READ", "import-sources", sources.toString()),
                Map.of("root", List.of(Caller.ADMINS), "ann", List.of()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode list() throws Exception {
        return server.send("root", "GET", "/api/2.0/kiroku/imports/list", "", null)
                .json();
    }

    private JsonNode latest() throws Exception {
        return list().path("imports").path(0);
    }

    /** Waits for the end of the latest import. */
    private JsonNode end() throws Exception {
        JsonNode latest = latest();
        while (latest.path("state").asString().equals("RUNNING")) {
            Thread.sleep(20);
            latest = latest();
        }
        return latest;
    }

    private static long added(JsonNode ended, String kind) {
        for (JsonNode count : ended.path("summary").path("counts")) {
            if (count.path("kind").asString().equals(kind)) {
                return count.path("added").asLong();
            }
        }
        return -1;
    }

    @Test
    void importsADatabase() throws Exception {
        server.ok("root", START, "{'source': '%s', 'dry_run': true}".formatted(database));
        JsonNode counted = end();
        assertEquals("COMPLETED", counted.path("state").asString(), counted::toString);
        assertEquals(8, added(counted, "RUN"), counted::toString);
        assertEquals(404, find("iris-tuning").status());

        server.ok("root", START, "{'source': '%s', 'prefix': 'old '}".formatted(database));
        JsonNode imported = end();
        assertEquals(8, added(imported, "RUN"), imported::toString);
        assertEquals("old ", imported.path("options").path("prefix").asString());
        assertEquals(8, imported.path("progress").path("runs_total").asLong());
        String left = imported.path("summary").path("left").toString();
        assertTrue(left.contains("1 traces"), left);

        JsonNode origin = origins("1").path("origins").path(0);
        assertTrue(origin.path("source").asString().contains("mlflow.db"), origin::toString);
        assertEquals(left, origin.path("left").toString());
        assertEquals("root", origin.path("imported_by").asString());
        assertTrue(origin.path("complete").asBoolean());
        String audit = server.send("root", "GET", "/api/2.0/kiroku/audit/search", "max_results=100", null)
                .body();
        assertTrue(audit.contains("import.start") && audit.contains("import.end"), audit);
    }

    private JsonNode origins(String experiment) throws Exception {
        return server.send("ann", "GET", "/api/2.0/kiroku/experiments/origins", "experiment_id=" + experiment, null)
                .json();
    }

    private AccessTestServer.Answer find(String experiment) throws Exception {
        return server.send(
                "ann", "GET", "/api/2.0/mlflow/experiments/get-by-name", "experiment_name=" + experiment, null);
    }

    @Test
    void badRequestsAreRefused() throws Exception {
        for (String request : List.of(
                "{}",
                "{'source': 'sqlite:////etc/passwd'}",
                "{'source': 'http://127.0.0.1:1'}",
                "{'source': 'SOURCE', 'map_experiment': ['x']}",
                "{'source': 'SOURCE', 'rename': ['x']}",
                "{'source': 'SOURCE', 'username': 'ann'}",
                "{'source': 'SOURCE', 'username': 'a\\nb', 'password': 'c'}",
                "{'source': 7}")) {
            AccessTestServer.Answer answer = server.post("root", START, request.replace("SOURCE", database));
            assertEquals(400, answer.status(), answer.body());
            assertEquals(
                    "INVALID_PARAMETER_VALUE", answer.json().path("error_code").asString());
        }
        assertEquals(404, server.post("root", CANCEL, "{'import_id': 7}").status());
        assertEquals(
                403, server.post("ann", START, "{'source': '" + database + "'}").status());
        assertTrue(list().path("imports").isEmpty());
        assertEquals(1, list().path("sources").size());
    }

    /** A tracking server that answers, with nothing, when it is released. */
    private static final class SlowServer implements AutoCloseable {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final HttpServer http;

        SlowServer() throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            http.createContext("/", this::answer);
            http.start();
        }

        String url() {
            return "http://127.0.0.1:" + http.getAddress().getPort();
        }

        private void answer(HttpExchange exchange) throws IOException {
            exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().endsWith("/experiments/search")) {
                asked.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            byte[] body = "{}".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }

        @Override
        public void close() {
            released.countDown();
            http.stop(0);
        }
    }

    /** Starts another server on the database, which may import from a slow one. */
    private AccessTestServer besides(SlowServer slow) {
        return server.besides(folder, Map.of("default-permission", "READ", "import-sources", slow.url()));
    }

    @Test
    void oneAtATimeAndCancelledFromAnotherServer() throws Exception {
        try (SlowServer slow = new SlowServer();
                AccessTestServer importing = besides(slow)) {
            String request = "{'source': '%s', 'username': 'ann', 'password': '%s'}".formatted(slow.url(), SECRET);
            importing.ok("root", START, request);
            slow.asked.await();
            assertEquals("RUNNING", latest().path("state").asString());
            for (AccessTestServer each : List.of(importing, server)) {
                AccessTestServer.Answer second =
                        each.post("root", START, each == server ? "{'source': '%s'}".formatted(database) : request);
                assertEquals(409, second.status(), second.body());
            }
            long id = latest().path("import_id").asLong();
            server.ok("root", CANCEL, "{'import_id': %d}".formatted(id));
            JsonNode seen = latest();
            while (latest().path("update_time").asLong()
                    == seen.path("update_time").asLong()) {
                Thread.sleep(20); // the importing server reads the request when it saves the progress
            }
            slow.released.countDown();
            assertEquals("CANCELLED", end().path("state").asString());
            assertTrue(latest().path("signed_in").asBoolean());
            assertEquals(
                    400,
                    server.post("root", CANCEL, "{'import_id': %d}".formatted(id))
                            .status());
            String audit = server.send("root", "GET", "/api/2.0/kiroku/audit/search", "max_results=100", null)
                    .body();
            assertTrue(audit.contains("import.cancel"), audit);
            String stored = Files.readString(folder.resolve("kiroku.db"), ISO_8859_1);
            assertFalse((audit + list() + stored).contains(SECRET));
        }
    }

    @Test
    void aServerThatStopsInterruptsItsImport() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        ImportRunner endless = _ -> recorder -> {
            reading.countDown();
            while (!recorder.isCancelled()) {
                Thread.onSpinWait();
            }
            return new ImportRecorder.Outcome(recorder.current().summary(), false);
        };
        try (Stores stores = Stores.open(
                        new StoreUri.Sqlite(folder.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1);
                var imports = new ServerImports(
                        stores.imports(), stores.audit(), new ImportSources(List.of()), endless, Clock.systemUTC())) {
            imports.start(
                    new StartImportRequest("somewhere", null, null, List.of(), List.of(), null, null),
                    new Caller("root", ""));
            reading.await();
        }
        assertEquals("INTERRUPTED", latest().path("state").asString(), latest()::toString);
    }
}
