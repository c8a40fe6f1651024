package dev.kiroku.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.UserNames;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.users.UserApi;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.server.KirokuServer;
import dev.kiroku.server.ServerInfo;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.TestGuards;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.security.Authenticator.SignInMethod;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of people who have shown who they are, and of others, over HTTP. */
class AuthenticationTest {
    private static final ServerInfo INFO = ServerInfo.withoutFeatures();
    private static final String PASSWORD = "correct horse battery";
    private static final Caller ROOT = new Caller("root", "r");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A clock that tests move. */
    private static final class ManualClock implements InstantSource {
        private volatile long millis = 1_000_000;

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }
    }

    private final ManualClock clock = new ManualClock();
    private final HttpClient http = HttpClient.newHttpClient();
    private Stores stores;
    private Users users;
    private KirokuServer server;

    @BeforeEach
    void open(@TempDir Path folder) {
        stores = Stores.open(new StoreUri.Sqlite(folder.resolve("k.db")), Duration.ZERO);
        users = new Users(stores.users(), RANDOM, clock);
        users.add("ann", PASSWORD, List.of("reviewers", "admins"), ROOT);
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        stores.close();
    }

    private void start(boolean passwords, String... proxies) {
        Set<SignInMethod> methods = EnumSet.noneOf(SignInMethod.class);
        if (passwords) {
            methods.add(SignInMethod.PASSWORD);
        }
        if (proxies.length > 0) {
            methods.add(SignInMethod.PROXY);
        }
        server = KirokuServer.start(
                ServerSettings.defaults("127.0.0.1", 0),
                INFO,
                authenticator(methods, proxies),
                TestGuards.of(stores),
                List.of(new EndpointBinding<>(UserApi.GET_CURRENT, users::getCurrentUser)),
                List.of(),
                List::of);
    }

    private Authenticator authenticator(Set<SignInMethod> methods, String... proxies) {
        var settings = new Authenticator.AuthenticationSettings(
                methods,
                new TrustedProxies(
                        List.of(proxies).stream().map(AddressRange::parse).toList()),
                "X-Forwarded-User",
                "X-Forwarded-Groups",
                PermissionLevel.MANAGE);
        var credentials = new CredentialVerifier(stores.users(), RANDOM, clock);
        return new Authenticator(
                settings,
                credentials,
                new Sessions(stores.sessions(), credentials, RANDOM, clock, Duration.ofHours(1)),
                null);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> whoAmI(String... headers) throws Exception {
        return get("/ajax-api/2.0/mlflow/users/current", headers);
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** PostgreSQL fails on NUL. */
    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "a\nb", "\0"})
    void textsThatCannotBeNamesAreNotLookedUp(String name) throws Exception {
        start(true);
        HttpResponse<String> refused = whoAmI("Authorization", basic(name, PASSWORD));
        assertEquals(401, refused.statusCode());
        assertTrue(refused.body().contains("header cannot be read"), refused.body());
    }

    @Test
    void longTextsAreNotNormalized() {
        String marks = "a" + "\u0327\u0301".repeat(500_000); // quadratic time
        assertEquals(marks, UserNames.canonical(marks));
    }

    @Test
    void challengesAnonymousRequestsExceptProbes() throws Exception {
        start(true);
        HttpResponse<String> refused = whoAmI();
        assertEquals(401, refused.statusCode());
        assertTrue(
                refused.body().startsWith("{\"error_code\": \"UNAUTHENTICATED\"")
                        || refused.body().startsWith("{\"error_code\":\"UNAUTHENTICATED\""),
                refused.body());
        assertEquals(
                "Basic realm=\"kiroku\", charset=\"UTF-8\"",
                refused.headers().firstValue("WWW-Authenticate").orElse(""));
        assertEquals(401, get("/").statusCode());
        assertEquals(
                401,
                get("/api/2.0/mlflow/nothing").statusCode(),
                "callers without credentials cannot find out which paths exist");
        assertEquals(200, get("/health").statusCode());
        assertEquals(200, get("/version").statusCode());
    }

    @Test
    void acceptsPasswordBearerTokenAndTokenAsPassword() throws Exception {
        start(true);
        String token = users.createToken("ann", "ci", null, TokenScope.UNRESTRICTED, ROOT)
                .value();
        for (String authorization : List.of(basic("ann", PASSWORD), "Bearer " + token, basic("ann", token))) {
            HttpResponse<String> me = whoAmI("Authorization", authorization);
            assertEquals(200, me.statusCode(), me.body());
            String compact = me.body().replace(" ", "");
            assertTrue(
                    compact.contains("\"username\":\"ann\",\"is_admin\":true,\"groups\":[\"admins\",\"reviewers\"]"),
                    compact);
            assertTrue(compact.endsWith("\"is_basic_auth\":true}"), compact);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Basic
            Basic !!!
            Basic YW5u
            Bearer
            Bearer kiroku_0000
            Digest username="ann"
            """)
    void rejectsMalformedOrUnknownCredentials(String authorization) throws Exception {
        start(true);
        assertEquals(401, whoAmI("Authorization", authorization).statusCode());
    }

    @Test
    void unknownUserAndWrongPasswordGiveSameAnswer() throws Exception {
        start(true);
        HttpResponse<String> nobody = whoAmI("Authorization", basic("bob", PASSWORD));
        HttpResponse<String> wrong = whoAmI("Authorization", basic("ann", PASSWORD + "r"));
        assertEquals(401, nobody.statusCode());
        assertEquals(401, wrong.statusCode());
        assertEquals(nobody.body(), wrong.body());
        users.add("bob", null, List.of(), ROOT);
        assertEquals(401, whoAmI("Authorization", basic("bob", "")).statusCode(), "no password is not the empty one");
        String anns = users.createToken("ann", "", null, TokenScope.UNRESTRICTED, ROOT)
                .value();
        assertEquals(401, whoAmI("Authorization", basic("bob", anns)).statusCode(), "a token of somebody else");
    }

    @Test
    void revocationTakesEffectImmediately() throws Exception {
        start(true);
        var token = users.createToken("ann", "", Duration.ofHours(1), TokenScope.UNRESTRICTED, ROOT);
        assertEquals(200, whoAmI("Authorization", "Bearer " + token.value()).statusCode());
        users.revokeToken(token.token().id(), ROOT);
        assertEquals(401, whoAmI("Authorization", "Bearer " + token.value()).statusCode());

        var other = users.createToken("ann", "", Duration.ofHours(1), TokenScope.UNRESTRICTED, ROOT);
        clock.millis += Duration.ofHours(1).toMillis();
        assertEquals(401, whoAmI("Authorization", "Bearer " + other.value()).statusCode(), "expired");

        assertEquals(200, whoAmI("Authorization", basic("ann", PASSWORD)).statusCode());
        users.setPassword("ann", "another password", ROOT);
        assertEquals(401, whoAmI("Authorization", basic("ann", PASSWORD)).statusCode());
        assertEquals(
                200, whoAmI("Authorization", basic("ann", "another password")).statusCode());
        users.remove("ann", ROOT);
        assertEquals(
                401, whoAmI("Authorization", basic("ann", "another password")).statusCode());
    }

    @Test
    void rateLimitsGuessesWithoutLockingOutSignedInUsers() throws Exception {
        start(true);
        assertEquals(200, whoAmI("Authorization", basic("ann", PASSWORD)).statusCode());
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            seen.add(whoAmI("Authorization", basic("ann", "guess " + i)).statusCode());
        }
        assertEquals(429, seen.getLast());
        assertEquals(401, seen.get(9));
        assertEquals(
                200,
                whoAmI("Authorization", basic("ann", PASSWORD)).statusCode(),
                "who was seen with the right one goes on");
        clock.millis += Duration.ofMinutes(6).toMillis();
        assertEquals(401, whoAmI("Authorization", basic("ann", "guess")).statusCode());
    }

    /** Whether or not they have signed in, clients that announce bodies and do not send them keep nobody out. */
    @Test
    void signInWorksWhileOthersAnnounceBodies() throws Exception {
        start(true);
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket socket = new Socket("127.0.0.1", server.port());
                flood.add(socket);
                String credentials = i % 2 == 0 ? "" : "Authorization: " + basic("ann", PASSWORD) + "\r\n";
                socket.getOutputStream()
                        .write(("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + credentials + "Content-Length: 30000000\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            assertEquals(200, whoAmI("Authorization", basic("ann", PASSWORD)).statusCode());
            assertEquals(401, whoAmI("Authorization", basic("ann", "guess")).statusCode());
            assertEquals(200, get("/health").statusCode());
            assertEquals(
                    200,
                    get("/metrics", "Authorization", basic("ann", PASSWORD)).statusCode());
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    @Test
    void countsFailedAttemptsOnNamesOfAnyLength() throws Exception {
        start(true);
        String invented = "n".repeat(20_000);
        int status = 0;
        for (int i = 0; i < 20; i++) {
            status = whoAmI("Authorization", basic(invented, "guess " + i)).statusCode();
        }
        assertEquals(429, status);
        assertEquals(
                401, whoAmI("Authorization", basic(invented + "x", "guess")).statusCode());
    }

    @Test
    void concurrentSignInsAreNotCountedAsGuesses() throws Exception {
        start(true);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> calls = IntStream.range(0, 40)
                    .<Callable<Integer>>mapToObj(i -> () ->
                            whoAmI("Authorization", basic("ann", PASSWORD)).statusCode())
                    .toList();
            for (Future<Integer> status : pool.invokeAll(calls)) {
                assertEquals(200, status.get());
            }
        }
    }

    @Test
    void acceptsUserHeaderOnlyFromTrustedProxy() throws Exception {
        start(false, "10.0.0.0/8", "::1");
        assertEquals(401, whoAmI("X-Forwarded-User", "ann").statusCode());
        assertEquals(
                401, whoAmI("Authorization", basic("ann", PASSWORD)).statusCode(), "passwords are not asked for here");
        server.close();
        start(false, "127.0.0.0/8");
        HttpResponse<String> me = whoAmI("X-Forwarded-User", "ann", "X-Forwarded-Groups", "ops, ml");
        assertTrue(
                me.body().replace(" ", "").contains("\"groups\":[\"admins\",\"ml\",\"ops\",\"reviewers\"]"), me.body());
        assertEquals(200, whoAmI("X-Forwarded-User", "somebody@example.com").statusCode());
        assertEquals(401, whoAmI().statusCode(), "the proxy names nobody");
        assertEquals(
                401,
                whoAmI("X-Forwarded-User", "ann", "X-Forwarded-User", "bob").statusCode(),
                "two names");
        assertEquals(401, whoAmI("X-Forwarded-User", "anonymous").statusCode());
        HttpResponse<String> refused = whoAmI();
        assertFalse(
                refused.headers().firstValue("WWW-Authenticate").orElse("Basic").startsWith("Basic"),
                "no dialog that cannot help");
    }

    @Test
    void acceptsProxyAndPasswordTogether() throws Exception {
        start(true, "127.0.0.1");
        assertTrue(whoAmI("X-Forwarded-User", "carl").body().contains("carl"));
        assertTrue(whoAmI("Authorization", basic("ann", PASSWORD)).body().contains("ann"));
    }

    private static <Q extends Record, R extends Record> EndpointBinding<Q, R> notFoundBinding(Endpoint<Q, R> endpoint) {
        return new EndpointBinding<>(endpoint, (request, caller) -> {
            throw KirokuException.notFound("reached");
        });
    }

    private int status(String name, Endpoint.HttpMethod verb, String path) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + server.port() + path.replaceAll("\\{[^}]*}", "x")))
                                .header("Authorization", basic(name, PASSWORD))
                                .header("Content-Type", "application/json")
                                .method(
                                        verb.name(),
                                        HttpRequest.BodyPublishers.ofString(
                                                verb == Endpoint.HttpMethod.GET ? "" : "{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** Each operation that there is, and an address that is none: what is for administrators is refused to others before anything of it is read. */
    @Test
    void enforcesPermissionOfEveryEndpoint() throws Exception {
        users.add("bob", PASSWORD, List.of(), ROOT);
        List<Endpoint<?, ?>> endpoints = new ArrayList<>();
        for (Class<?> api : List.of(
                ApprovalApi.class,
                AuditApi.class,
                ArtifactApi.class,
                ExperimentApi.class,
                GateApi.class,
                LoggedModelApi.class,
                OverviewApi.class,
                RegistryApi.class,
                RunApi.class,
                UserApi.class,
                WebhookApi.class)) {
            for (Field constant : api.getFields()) {
                endpoints.add((Endpoint<?, ?>) constant.get(null));
            }
        }
        Route route = new Route(
                Endpoint.HttpMethod.GET,
                "/for-admins",
                ResourceType.SERVER.manage(),
                request -> Response.text(200, "text/plain", "reached"));
        server = KirokuServer.start(
                ServerSettings.defaults("127.0.0.1", 0),
                INFO,
                authenticator(Set.of(SignInMethod.PASSWORD)),
                TestGuards.of(stores),
                endpoints.stream()
                        .<EndpointBinding<?, ?>>map(AuthenticationTest::notFoundBinding)
                        .toList(),
                List.of(route),
                List::of);
        List<String> refused = new ArrayList<>();
        for (Endpoint<?, ?> endpoint : endpoints) {
            String path = "/api" + endpoint.path();
            assertNotEquals(403, status("ann", endpoint.method(), path), path);
            boolean no = status("bob", endpoint.method(), path) == 403;
            assertEquals(endpoint.resources().contains(ResourceType.SERVER.manage()), no, path);
            if (no) {
                refused.add(endpoint.method() + " " + endpoint.path());
            }
        }
        assertTrue(
                refused.containsAll(List.of(
                        "POST /2.0/mlflow/webhooks", "POST /2.0/kiroku/gates/apply", "GET /2.0/kiroku/audit/search")),
                refused.toString());
        assertEquals(200, status("ann", Endpoint.HttpMethod.GET, "/for-admins"));
        assertEquals(403, status("bob", Endpoint.HttpMethod.GET, "/for-admins"));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.5, 10.0.0.5, true",
        "10.0.0.4/31, 10.0.0.6, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, ::2, false",
        "127.0.0.1, ::ffff:127.0.0.1, true"
    })
    void matchesAddressRange(String range, String address, boolean inside) {
        assertEquals(inside, AddressRange.parse(range).contains(InetAddress.ofLiteral(address)));
    }
}
