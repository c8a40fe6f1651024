package dev.kiroku.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.cli.command.ExitStatus;
import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that sign in with {@code kiroku login}, and the user who approves it in a browser. */
class LoginCommandTest {
    private static final String PASSWORD = "correct horse battery";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final HttpClient http = HttpClient.newHttpClient();
    private RunningServer server;
    private String url;

    @BeforeEach
    void start() {
        Path database = folder.resolve("kiroku.db");
        try (Stores stores = Stores.open(new StoreUri.Sqlite(database), id -> "mlflow-artifacts:/" + id, 1)) {
            var users = new Users(stores.users(), new SecureRandom(), Clock.systemUTC());
            users.add("ann", PASSWORD, List.of("admins"), new Caller("os:test", ""));
        }
        Map<String, String> flags = Map.of(
                "port",
                "0",
                "auth",
                "BASIC",
                "backend-store-uri",
                "sqlite:///" + database,
                "artifacts-destination",
                folder.resolve("artifacts").toString());
        server = ServerWiring.start(
                KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE)), Map.of());
        url = "http://127.0.0.1:" + server.port();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String input, Map<String, String> variables, String... arguments) {
        out.reset();
        Map<String, String> environment = new HashMap<>(Map.of(
                "MLFLOW_TRACKING_URI",
                url + "/",
                "XDG_CONFIG_HOME",
                folder.resolve("config").toString()));
        environment.putAll(variables);
        return new Cli(new CommandContext(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        environment,
                        new ByteArrayInputStream(input.getBytes(UTF_8)),
                        null))
                .run(arguments);
    }

    private int run(String... arguments) {
        return run("", Map.of(), arguments);
    }

    private HttpResponse<String> post(String path, String form, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).POST(HttpRequest.BodyPublishers.ofString(form));
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String signInWithBrowser() throws Exception {
        String cookie = post("/sign-in", "username=ann&password=correct+horse+battery")
                .headers()
                .allValues("Set-Cookie")
                .getFirst();
        return cookie.substring(0, cookie.indexOf(';'));
    }

    /** Waits until the program has said which page to open, and returns the code. */
    private String awaitCode() throws InterruptedException {
        Pattern page = Pattern.compile("/device\\?code=([A-Z]{4}-[A-Z]{4})");
        while (true) {
            Matcher said = page.matcher(err.toString(UTF_8));
            if (said.find()) {
                return said.group(1);
            }
            Thread.sleep(20);
        }
    }

    @Test
    void userApprovesInABrowserAndTheTokenIsKept() throws Exception {
        String cookie = signInWithBrowser();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> login = pool.submit(() -> run("login"));
            String code = awaitCode();
            assertEquals(
                    401, post("/device", "code=" + code + "&decision=approve").statusCode(), "not signed in");
            assertEquals(
                    403,
                    post(
                                    "/device",
                                    "code=" + code + "&decision=approve",
                                    "Cookie",
                                    cookie,
                                    "Origin",
                                    "https://evil.example")
                            .statusCode());
            assertEquals(
                    404,
                    post("/device", "code=BBBB-BBBB&decision=approve", "Cookie", cookie)
                            .statusCode());
            HttpResponse<String> page = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/device?code=" + code.toLowerCase(java.util.Locale.ROOT)))
                            .header("Cookie", cookie)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertTrue(page.body().contains(code) && page.body().contains("ann"), page.body());
            assertEquals(
                    200,
                    post("/device", "code=" + code + "&decision=approve", "Cookie", cookie)
                            .statusCode());
            assertEquals(ExitStatus.SUCCESS, login.get(), err.toString(UTF_8));
        }
        assertTrue(out.toString(UTF_8).startsWith("Signed in to " + url + " as ann."), out.toString(UTF_8));
        assertFalse(out.toString(UTF_8).contains("kirokus_"));
        Path file = folder.resolve("config/kiroku/tokens.json");
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }

        assertEquals(ExitStatus.SUCCESS, run("audit", "tail"), err.toString(UTF_8));
        assertTrue(out.toString(UTF_8).contains("session.start"), out.toString(UTF_8));
        assertFalse(out.toString(UTF_8).contains("kirokus_"));
        assertEquals(
                ExitStatus.FAILURE,
                run("", Map.of("MLFLOW_TRACKING_TOKEN", "kiroku_wrong"), "audit", "tail"),
                "variables come first");
        assertEquals(ExitStatus.SUCCESS, run("login", "--print-token"));
        String token = out.toString(UTF_8).strip();
        assertTrue(token.matches("kirokus_[0-9a-f]{64}"), token);
        assertEquals(200, status(token));

        post("/sign-out", "", "Cookie", cookie);
        assertEquals(200, status(token), "the program's session is its own");
        assertEquals(ExitStatus.SUCCESS, run("logout"));
        assertEquals(401, status(token));
        assertEquals(ExitStatus.FAILURE, run("audit", "tail"));
        assertEquals(ExitStatus.SUCCESS, run("logout"), "twice");
    }

    private int status(String token) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create(url + "/api/2.0/kiroku/users/current"))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void userDenies() throws Exception {
        String cookie = signInWithBrowser();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> login = pool.submit(() -> run("login"));
            String code = awaitCode();
            assertEquals(
                    200,
                    post("/device", "code=" + code + "&decision=deny", "Cookie", cookie)
                            .statusCode());
            assertEquals(
                    404,
                    post("/device", "code=" + code + "&decision=approve", "Cookie", cookie)
                            .statusCode());
            assertEquals(ExitStatus.FAILURE, login.get());
        }
        assertFalse(Files.exists(folder.resolve("config/kiroku/tokens.json")));
    }

    @Test
    void codesAreValidOnceAndForSessionsOnly() throws Exception {
        String cookie = signInWithBrowser();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> login = pool.submit(() -> run("login"));
            String code = awaitCode();
            String forged = "kiroku_session=kirokus_" + "0".repeat(64);
            assertEquals(
                    401,
                    post("/device", "code=" + code + "&decision=approve", "Cookie", forged)
                            .statusCode());
            assertEquals(
                    200,
                    post("/device", "code=" + code + "&decision=approve", "Cookie", cookie)
                            .statusCode());
            assertEquals(ExitStatus.SUCCESS, login.get());
        }
        HttpResponse<String> again =
                post("/api/2.0/kiroku/login/poll", "{\"device_code\":\"0000\"}", "Content-Type", "application/json");
        assertTrue(again.body().contains("DENIED"), again.body());
    }

    @Test
    void pastedTokenIsChecked() {
        assertEquals(ExitStatus.FAILURE, run("kiroku_0000\n", Map.of(), "login", "--token-stdin"));
        assertEquals(ExitStatus.USAGE_ERROR, run("\n", Map.of(), "login", "--token-stdin"));
        String token;
        try (Stores stores =
                Stores.open(new StoreUri.Sqlite(folder.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1)) {
            token = new Users(stores.users(), new SecureRandom(), Clock.systemUTC())
                    .createToken("ann", "", null, new Caller("os:test", ""))
                    .value();
        }
        assertEquals(ExitStatus.SUCCESS, run(token + "\n", Map.of(), "login", "--token-stdin"), err.toString(UTF_8));
        assertEquals(ExitStatus.SUCCESS, run("audit", "tail"), err.toString(UTF_8));
    }
}
