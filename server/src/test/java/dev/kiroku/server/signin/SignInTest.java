package dev.kiroku.server.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.users.UserApi;
import dev.kiroku.server.KirokuServer;
import dev.kiroku.server.ServerInfo;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.TestGuards;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.Authenticator.SignInMethod;
import dev.kiroku.server.security.TrustedProxies;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Browsers that sign in and out on the pages of a server with accounts. */
class SignInTest {
    private static final ServerInfo INFO = ServerInfo.withoutFeatures();
    private static final String PASSWORD = "correct horse battery";
    /** Of the lowest cost, as each test signs in. */
    private static final String HASH = "$2a$04$h/nJvIjh7aoLxmubwkm0.O7pNxepttgHstJPVq.yZsAP/fUOfRxui";

    private static final String BROWSER =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
    private static final String[] OPENS_PAGE = {
        "User-Agent", BROWSER, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8"
    };
    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpClient http = HttpClient.newHttpClient();
    private Stores stores;
    private KirokuServer server;

    @BeforeEach
    void open(@TempDir Path folder) {
        stores = Stores.open(new StoreUri.Sqlite(folder.resolve("k.db")), Duration.ZERO);
        users().addWithPasswordHash("ann", HASH, List.of("admins"), new Caller("root", "r"));
        start("");
    }

    @AfterEach
    void close() {
        server.close();
        stores.close();
    }

    private Users users() {
        return new Users(stores.users(), RANDOM, Clock.systemUTC());
    }

    private void start(String prefix, String... proxies) {
        if (server != null) {
            server.close();
        }
        ServerSettings usual = ServerSettings.defaults("127.0.0.1", 0);
        var settings = new ServerSettings(
                usual.host(),
                usual.port(),
                prefix,
                usual.mlflowUiFolder(),
                usual.allowedHosts(),
                usual.corsAllowedOrigins(),
                usual.frameOptions(),
                usual.hostChecksDisabled(),
                usual.maxBodyBytes(),
                usual.readTimeout(),
                usual.gracePeriod(),
                usual.tls());
        var credentials = new CredentialVerifier(stores.users(), RANDOM, Clock.systemUTC());
        var sessions = new Sessions(stores.sessions(), credentials, RANDOM, Clock.systemUTC(), Duration.ofHours(1));
        var authentication = new Authenticator.AuthenticationSettings(
                Set.of(SignInMethod.PASSWORD),
                new TrustedProxies(
                        List.of(proxies).stream().map(AddressRange::parse).toList()),
                "X-Forwarded-User",
                "X-Forwarded-Groups",
                PermissionLevel.READ);
        Users users = users();
        server = KirokuServer.start(
                settings,
                INFO,
                new Authenticator(authentication, credentials, sessions, null),
                TestGuards.of(stores),
                List.of(new EndpointBinding<>(UserApi.FIND_CURRENT, users::findCurrentUser)),
                new SignInRoutes(sessions, null).routes(),
                List::of);
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String form, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> signIn(String path, String password, String... headers) throws Exception {
        return post(path, "username=ann&password=" + URLEncoder.encode(password, StandardCharsets.UTF_8), headers);
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Returns the cookie of a response, as a browser sends it back. */
    private static String cookie(HttpResponse<String> response) {
        String set = response.headers().allValues("Set-Cookie").getFirst();
        return set.substring(0, set.indexOf(';'));
    }

    private int statusWith(String cookie) throws Exception {
        return get("/api/2.0/kiroku/users/current", "Cookie", "other=1; " + cookie)
                .statusCode();
    }

    @Test
    void signsInWithASessionAndOut() throws Exception {
        HttpResponse<String> page = get("/sign-in");
        assertEquals(200, page.statusCode());
        assertTrue(header(page, "Content-Security-Policy").contains("default-src 'none'"));
        assertEquals("no-store", header(page, "Cache-Control"));

        HttpResponse<String> in = signIn("/sign-in", PASSWORD);
        assertEquals(303, in.statusCode());
        assertEquals("./", header(in, "Location"));
        List<String> set = in.headers().allValues("Set-Cookie");
        assertTrue(
                set.getFirst().matches("kiroku_session=kirokus_[0-9a-f]{64}; HttpOnly; SameSite=Lax; Max-Age=3600"),
                set.toString());
        assertEquals("kiroku_signed_in=1; SameSite=Lax; Max-Age=3600", set.get(1));
        assertEquals(200, statusWith(cookie(in)));
        assertEquals(401, statusWith(cookie(in) + "0"));

        HttpResponse<String> out = post("/sign-out", "", "Cookie", cookie(in));
        assertEquals(200, out.statusCode());
        assertTrue(out.headers().allValues("Set-Cookie").getFirst().contains("Max-Age=0"));
        assertEquals(401, statusWith(cookie(in)), "the secret is worth nothing any more");
        assertEquals(200, post("/sign-out", "").statusCode(), "without a session");
    }

    /** A valid cookie with flipped bits, cut short or made longer. */
    @Test
    void changedCookiesAreRefused() throws Exception {
        byte[] valid = cookie(signIn("/sign-in", PASSWORD)).getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(200, statusWithRaw(valid));
        Random changes = new Random(17);
        for (int i = 0; i < 300; i++) {
            byte[] changed = switch (i % 4) {
                case 0 -> Arrays.copyOf(valid, changes.nextInt(valid.length));
                case 1 ->
                    (new String(valid, StandardCharsets.ISO_8859_1)
                                    + (i % 8 == 1 ? "f".repeat(1 + changes.nextInt(500)) : "%00"))
                            .getBytes(StandardCharsets.ISO_8859_1);
                default -> valid.clone();
            };
            if (i % 4 > 1) {
                changed[changes.nextInt(changed.length)] ^= (byte) (1 << changes.nextInt(8));
            }
            int status = statusWithRaw(changed);
            // A byte that no header may contain makes the request invalid.
            assertTrue(status == 401 || status == 400, status + " for " + Arrays.toString(changed));
        }
        assertEquals(200, statusWithRaw(valid), "the session itself is untouched");
    }

    private int statusWithRaw(byte[] cookie) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            var request = new ByteArrayOutputStream();
            request.writeBytes(("GET /api/2.0/kiroku/users/current HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                            + "\r\nConnection: close\r\nCookie: ")
                    .getBytes(StandardCharsets.ISO_8859_1));
            request.writeBytes(cookie);
            request.writeBytes("\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(request.toByteArray());
            String status = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                    .readLine();
            return Integer.parseInt(status.split(" ")[1]);
        }
    }

    @Test
    void eachSignInHasASecretOfItsOwn() throws Exception {
        String first = cookie(signIn("/sign-in", PASSWORD));
        String second = cookie(signIn("/sign-in", PASSWORD, "Cookie", first));
        assertNotEquals(first, second);
        assertEquals(401, statusWith(first), "ended by the new sign-in in this browser");
        assertEquals(200, statusWith(second));
        String chosen = "kiroku_session=kirokus_" + "0".repeat(64);
        assertNotEquals(chosen, cookie(signIn("/sign-in", PASSWORD, "Cookie", chosen)), "no session fixation");
        assertEquals(401, statusWith(chosen));
    }

    @Test
    void refusesWrongPasswordsAndLimitsAttempts() throws Exception {
        HttpResponse<String> refused = signIn("/sign-in", "wrong", "Accept-Language", "ja");
        assertEquals(401, refused.statusCode());
        assertFalse(header(refused, "WWW-Authenticate").contains("Basic"));
        assertTrue(refused.body().contains("lang=\"ja\"") && refused.body().contains("role=\"alert\""));
        assertTrue(refused.headers().allValues("Set-Cookie").isEmpty());
        String longList = "ja" + ",de".repeat(10_000); // is not parsed
        assertTrue(
                signIn("/sign-in", "wrong", "Accept-Language", longList).body().contains("lang=\"en\""));
        assertEquals(401, post("/sign-in", "").statusCode());
        assertEquals(
                401,
                post("/sign-in", "username=nobody&password=" + "x".repeat(100)).statusCode());
        assertEquals(400, post("/sign-in", "username=" + "x".repeat(20_000)).statusCode());
        assertEquals(400, post("/sign-in", "username=%zz").statusCode());
        String token = users().createToken("ann", "", null, TokenScope.UNRESTRICTED, new Caller("root", "r"))
                .value();
        assertEquals(401, signIn("/sign-in", token).statusCode(), "a session would outlive the token");
        for (int i = 0; i < 9; i++) {
            signIn("/sign-in", "guess " + i);
        }
        assertEquals(429, signIn("/sign-in", PASSWORD).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "http://127.0.0.1.evil.example"})
    void refusesFormsOfOtherSites(String origin) throws Exception {
        assertEquals(403, signIn("/sign-in", PASSWORD, "Origin", origin).statusCode());
        String session = cookie(signIn("/sign-in", PASSWORD));
        assertEquals(
                403, post("/sign-out", "", "Origin", origin, "Cookie", session).statusCode());
        assertEquals(200, statusWith(session));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            #/models                 | ./#/models
            get-artifact?path=a%20b  | ./get-artifact?path=a%20b
            ?x=1                     | ./?x=1
            //evil.example           | ./
            /evil.example            | ./
            /\\\\evil.example        | ./
            \\\\evil.example         | ./
            https://evil.example     | ./https://evil.example
            javascript:alert(1)      | ./javascript:alert(1)
            ../x                     | ./
            x y                      | ./
            """)
    void returnsToPagesOfThisServerOnly(String next, String location) throws Exception {
        String query = "?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
        HttpResponse<String> in = signIn("/sign-in" + query, PASSWORD);
        assertEquals(location, header(in, "Location"));
        assertEquals(
                "127.0.0.1:" + server.port(),
                uri("/sign-in").resolve(header(in, "Location")).getAuthority(),
                "what a browser makes of it");
        String injected = "?next=" + URLEncoder.encode("x\r\nSet-Cookie: a=b", StandardCharsets.UTF_8);
        assertEquals("./", header(signIn("/sign-in" + injected, PASSWORD), "Location"));
    }

    @Test
    void sendsBrowsersToThePageAndChallengesPrograms() throws Exception {
        HttpResponse<String> opened = get("/", OPENS_PAGE);
        assertEquals(302, opened.statusCode());
        assertEquals("sign-in", header(opened, "Location"));
        assertEquals(
                "../../sign-in?next=a%2Fb%2Fc%3Fpath%3Dd%252Fe",
                header(get("/a/b/c?path=d%2Fe", OPENS_PAGE), "Location"));

        HttpResponse<String> fetched = get("/api/2.0/kiroku/users/current", "User-Agent", BROWSER, "Accept", "*/*");
        assertEquals(401, fetched.statusCode());
        assertEquals("Session realm=\"kiroku\"", header(fetched, "WWW-Authenticate"), "no box of the browser");
        HttpResponse<String> framed =
                get("/get-artifact", "User-Agent", BROWSER, "Accept", "text/html", "Sec-Fetch-Dest", "iframe");
        assertEquals(401, framed.statusCode());

        HttpResponse<String> program = get("/", "User-Agent", "mlflow-python-client/3.18.0", "Accept", "*/*");
        assertEquals(401, program.statusCode());
        assertTrue(header(program, "WWW-Authenticate").startsWith("Basic "));
        assertTrue(header(get("/", "User-Agent", BROWSER, "Authorization", "Basic !"), "WWW-Authenticate")
                .startsWith("Basic "));
    }

    @Test
    void worksBelowAPrefix() throws Exception {
        start("/team/kiroku");
        HttpResponse<String> folder = get("/team/kiroku", OPENS_PAGE);
        assertEquals("kiroku/", header(folder, "Location"));
        assertEquals("sign-in", header(get("/team/kiroku/", OPENS_PAGE), "Location"));
        assertEquals("../sign-in?next=a%2Fb", header(get("/team/kiroku/a/b", OPENS_PAGE), "Location"));
        assertEquals(303, signIn("/team/kiroku/sign-in", PASSWORD).statusCode());
    }

    @Test
    void cookieIsSecureBehindATrustedProxyWithTls() throws Exception {
        assertFalse(signIn("/sign-in", PASSWORD, "X-Forwarded-Proto", "https")
                .headers()
                .allValues("Set-Cookie")
                .toString()
                .contains("Secure"));
        start("", "127.0.0.1");
        List<String> cookies = signIn("/sign-in", PASSWORD, "X-Forwarded-Proto", "https")
                .headers()
                .allValues("Set-Cookie");
        assertTrue(cookies.stream().allMatch(cookie -> cookie.endsWith("; Secure")), cookies.toString());
        for (int i = 0; i < 10; i++) {
            signIn("/sign-in", "guess " + i, "X-Forwarded-For", "10.0.0.1");
        }
        assertEquals(
                429, signIn("/sign-in", "guess", "X-Forwarded-For", "10.0.0.1").statusCode());
        assertEquals(
                401, signIn("/sign-in", "guess", "X-Forwarded-For", "10.0.0.2").statusCode());
    }
}
