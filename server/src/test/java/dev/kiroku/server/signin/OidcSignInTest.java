package dev.kiroku.server.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.FailedSignIns;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.users.UserApi;
import dev.kiroku.server.KirokuServer;
import dev.kiroku.server.ServerInfo;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.TestGuards;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.Authenticator.SignInMethod;
import dev.kiroku.server.security.TestCertificate;
import dev.kiroku.server.security.TrustedProxies;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Browsers and programs that sign in at a provider of another make (mock-oauth2-server). */
class OidcSignInTest {
    private static final ServerInfo INFO = ServerInfo.withoutFeatures();
    private static final String REALM = "realm";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpClient http = HttpClient.newHttpClient();
    private final MockOAuth2Server issuer = new MockOAuth2Server();
    private Stores stores;
    private FailedSignIns failed;
    private OidcSignIn oidc;
    private KirokuServer server;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        issuer.start(InetAddress.getByName("127.0.0.1"), 0);
        stores = Stores.open(new StoreUri.Sqlite(folder.resolve("k.db")), Duration.ZERO);
        failed = FailedSignIns.start(stores.audit(), Clock.systemUTC());
        start(Set.of());
    }

    @AfterEach
    void close() {
        server.close();
        oidc.close();
        failed.close();
        stores.close();
        issuer.shutdown();
    }

    private void start(Set<String> allowedGroups) {
        start(issuer, allowedGroups, null);
    }

    private void start(MockOAuth2Server provider, Set<String> allowedGroups, Path certificateAuthorities) {
        if (server != null) {
            server.close();
            oidc.close();
        }
        var settings = new OidcSettings(
                provider.issuerUrl(REALM).uri(),
                "kiroku",
                "secret of the client",
                List.of("openid", "profile"),
                "preferred_username",
                "groups",
                allowedGroups,
                "platform",
                Set.of(),
                null,
                certificateAuthorities);
        var credentials = new CredentialVerifier(stores.users(), RANDOM, Clock.systemUTC(), failed);
        var sessions = new Sessions(stores.sessions(), credentials, RANDOM, Clock.systemUTC(), Duration.ofHours(1));
        oidc = new OidcSignIn(settings, credentials, sessions, "", RANDOM);
        var authentication = new Authenticator.AuthenticationSettings(
                Set.of(SignInMethod.OIDC),
                new TrustedProxies(List.of()),
                "X-Forwarded-User",
                "X-Forwarded-Groups",
                PermissionLevel.READ);
        Users users = new Users(stores.users(), RANDOM, Clock.systemUTC());
        server = KirokuServer.start(
                ServerSettings.defaults("127.0.0.1", 0),
                INFO,
                new Authenticator(authentication, credentials, sessions, oidc::authenticate),
                TestGuards.of(stores),
                List.of(new EndpointBinding<>(UserApi.FIND_CURRENT, users::findCurrentUser)),
                new SignInRoutes(sessions, oidc).routes(),
                List::of);
    }

    private static DefaultOAuth2TokenCallback tokens(String name, String... groups) {
        return new DefaultOAuth2TokenCallback(
                REALM,
                "1234",
                "JWT",
                List.of("kiroku"),
                Map.of("preferred_username", name, "groups", List.of(groups)),
                3600);
    }

    private HttpResponse<String> get(URI uri, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return get(URI.create("http://127.0.0.1:" + server.port() + path), headers);
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("");
    }

    private static String cookie(HttpResponse<String> response, String name) {
        return response.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith(name))
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }

    /** A sign-in that the provider has sent back to this server. */
    private record Returned(String cookie, URI callback) {}

    private Returned atProvider(String start) throws Exception {
        HttpResponse<String> started = get(start);
        assertEquals(303, started.statusCode(), started.body());
        URI authorize = URI.create(location(started));
        for (String parameter : List.of("code_challenge_method=S256", "nonce=", "state=", "response_type=code")) {
            assertTrue(authorize.getQuery().contains(parameter), authorize.toString());
        }
        HttpResponse<String> back = get(authorize);
        assertEquals(302, back.statusCode(), back.body());
        return new Returned(cookie(started, "kiroku_sign_in_"), URI.create(location(back)));
    }

    private HttpResponse<String> signIn(String start) throws Exception {
        Returned returned = atProvider(start);
        return get(returned.callback(), "Cookie", returned.cookie());
    }

    private String currentUser(String... headers) throws Exception {
        HttpResponse<String> response = get("/api/2.0/kiroku/users/current", headers);
        return response.statusCode() + " " + response.body().replace(" ", "");
    }

    @Test
    void signsInAtTheProviderAndOutThere() throws Exception {
        assertTrue(get("/sign-in?next=%23%2Fmodels").body().contains("href=\"sign-in-start?next=%23%2Fmodels\""));
        issuer.enqueueCallback(tokens("Ann", "ml", "platform"));
        HttpResponse<String> in = signIn("/sign-in-start?next=%23%2Fmodels");
        assertEquals(303, in.statusCode(), in.body());
        assertEquals("./#/models", location(in));
        String session = cookie(in, "kiroku_session");
        assertTrue(
                currentUser("Cookie", session)
                        .contains("\"username\":\"ann\",\"is_admin\":true,\"groups\":[\"admins\",\"ml\",\"platform\"]"),
                currentUser("Cookie", session));

        String idToken = in.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("kiroku_id_token"))
                .findFirst()
                .orElseThrow();
        assertTrue(idToken.endsWith("; Path=/sign-out") && idToken.contains("HttpOnly"), idToken);
        HttpResponse<String> out = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/sign-out"))
                        .header("Cookie", session + "; " + cookie(in, "kiroku_id_token"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertTrue(
                out.body().contains("http-equiv=\"refresh\" content=\"0; url=http://")
                        && out.body().contains("id_token_hint=")
                        && out.body().contains("post_logout_redirect_uri="),
                out.body());
        assertTrue(currentUser("Cookie", session).startsWith("401"));
    }

    @Test
    void refusesAnswersThatThisBrowserDidNotAskFor() throws Exception {
        Returned mine = atProvider("/sign-in-start");
        Returned other = atProvider("/sign-in-start");
        assertEquals(400, get(mine.callback()).statusCode(), "without the cookie");
        assertEquals(400, get(mine.callback(), "Cookie", other.cookie()).statusCode());
        String renamed = mine.cookie().substring(0, mine.cookie().indexOf('='))
                + other.cookie().substring(other.cookie().indexOf('='));
        assertEquals(400, get(mine.callback(), "Cookie", renamed).statusCode());
        assertEquals(400, get("/sign-in-callback").statusCode());
        assertEquals(
                400,
                get("/sign-in-callback?state=x&code=y", "Cookie", mine.cookie()).statusCode());
        String wrongCode = mine.callback().toString().replaceAll("code=[^&]*", "code=wrong");
        assertEquals(400, get(URI.create(wrongCode), "Cookie", mine.cookie()).statusCode());

        String state = mine.callback().getQuery().replaceAll(".*state=([^&]*).*", "$1");
        HttpResponse<String> error = get(
                "/sign-in-callback?error=access_denied&error_description=%3Cscript%3E&state=" + state,
                "Cookie",
                mine.cookie());
        assertEquals(400, error.statusCode());
        assertTrue(error.body().contains("access_denied &lt;script&gt;"), error.body());
        HttpResponse<String> mixedUp =
                get(URI.create(mine.callback() + "&iss=https%3A%2F%2Fother.example"), "Cookie", mine.cookie());
        assertEquals(400, mixedUp.statusCode());
        assertTrue(mixedUp.headers().allValues("Set-Cookie").isEmpty());
    }

    @Test
    void severalTabsSignInAtTheSameTime() throws Exception {
        Returned first = atProvider("/sign-in-start?next=%23%2Fa");
        Returned second = atProvider("/sign-in-start?next=%23%2Fb");
        String both = first.cookie() + "; " + second.cookie();
        issuer.enqueueCallback(tokens("ann"));
        assertEquals("./#/b", location(get(second.callback(), "Cookie", both)));
        issuer.enqueueCallback(tokens("ann"));
        assertEquals("./#/a", location(get(first.callback(), "Cookie", both)));
    }

    @Test
    void failedSignInsAreInTheAuditLog() throws Exception {
        start(Set.of("ml"));
        issuer.enqueueCallback(tokens("bob", "other"));
        assertEquals(403, signIn("/sign-in-start").statusCode());
        Returned returned = atProvider("/sign-in-start");
        String state = returned.callback().getQuery().replaceAll(".*state=([^&]*).*", "$1");
        get("/sign-in-callback?error=access_denied&state=" + state, "Cookie", returned.cookie());
        String token =
                issuer.issueToken(REALM, "kiroku", tokens("bob", "other")).serialize();
        assertTrue(currentUser("Authorization", "Bearer " + token).startsWith("403"));
        assertTrue(currentUser("Authorization", "Bearer nonsense").startsWith("401"));
        failed.close(); // writes
        var all = new AuditApi.SearchAuditLogRequest(null, null, null, null, null, null, true, null, null);
        assertEquals(
                List.of("session.failed users {\"addresses\":[\"127.0.0.1\"],\"attempts\":4}"),
                stores.audit().search(all, 100).items().stream()
                        .map(entry -> entry.action() + " " + entry.subject() + " " + entry.after())
                        .toList());
    }

    @Test
    void disabledAccountsDoNotSignInAtTheProvider() throws Exception {
        Users users = new Users(stores.users(), RANDOM, Clock.systemUTC());
        users.add("ann", null, List.of(), new Caller("root", "r"));
        issuer.enqueueCallback(tokens("ann", "ml"));
        String session = cookie(signIn("/sign-in-start"), "kiroku_session");
        assertTrue(currentUser("Cookie", session).startsWith("200"));
        users.setDisabled("ann", true, new Caller("root", "r"));
        assertTrue(currentUser("Cookie", session).startsWith("401"));
        issuer.enqueueCallback(tokens("ann", "ml"));
        HttpResponse<String> refused = signIn("/sign-in-start");
        assertEquals(400, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("disabled"), refused.body());
        assertTrue(refused.headers().allValues("Set-Cookie").isEmpty());
        String token = issuer.issueToken(REALM, "kiroku", tokens("ann", "ml")).serialize();
        assertTrue(currentUser("Authorization", "Bearer " + token).startsWith("401"));
    }

    /** The provider's certificate is of an authority that the JDK does not know. */
    @Test
    void providersWithACertificateOfAPrivateAuthorityAreTrustedIfItIsNamed(@TempDir Path folder) throws Exception {
        var secure = new MockOAuth2Server(
                OAuth2Config.Companion.fromJson("{\"httpServer\": {\"type\": \"NettyWrapper\", \"ssl\": {}}}"));
        secure.start(InetAddress.getByName("127.0.0.1"), 0);
        try {
            URI url = secure.issuerUrl(REALM).uri();
            assertEquals("https", url.getScheme());
            Path own = Files.writeString(folder.resolve("own.pem"), certificate(url));
            Path other = Files.writeString(
                    folder.resolve("other.pem"),
                    TestCertificate.create(folder, "EC").certificatePem());
            String token = secure.issueToken(REALM, "kiroku", tokens("ann")).serialize();
            start(secure, Set.of(), null);
            assertTrue(currentUser("Authorization", "Bearer " + token).startsWith("503"), "the JDK does not know it");
            start(secure, Set.of(), other);
            assertTrue(currentUser("Authorization", "Bearer " + token).startsWith("503"), "nor is it this one's");
            start(secure, Set.of(), own);
            String ann = currentUser("Authorization", "Bearer " + token);
            assertTrue(ann.startsWith("200") && ann.contains("\"ann\""), ann);
        } finally {
            secure.shutdown();
        }
    }

    /** Returns the certificate of a server in PEM format. */
    private static String certificate(URI server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        List<X509Certificate> seen = new ArrayList<>();
        context.init(
                null,
                new TrustManager[] {
                    new X509TrustManager() {
                        @Override
                        public void checkClientTrusted(X509Certificate[] chain, String type) {}

                        @Override
                        public void checkServerTrusted(X509Certificate[] chain, String type) {
                            seen.add(chain[chain.length - 1]);
                        }

                        @Override
                        public X509Certificate[] getAcceptedIssuers() {
                            return new X509Certificate[0];
                        }
                    }
                },
                null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(server.getHost(), server.getPort())) {
            socket.startHandshake();
        }
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(seen.getFirst().getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    @Test
    void onlyAllowedGroupsSignIn() throws Exception {
        start(Set.of("ml"));
        issuer.enqueueCallback(tokens("bob", "other"));
        HttpResponse<String> refused = signIn("/sign-in-start");
        assertEquals(403, refused.statusCode());
        assertTrue(refused.headers().allValues("Set-Cookie").isEmpty());
        String token =
                issuer.issueToken(REALM, "kiroku", tokens("bob", "other")).serialize();
        assertTrue(currentUser("Authorization", "Bearer " + token).startsWith("403"));
    }

    @Test
    void programsSendTokensOfTheProviderOrOfTheServer() throws Exception {
        String token = issuer.issueToken(REALM, "kiroku", tokens("ann", "ml")).serialize();
        assertTrue(currentUser("Authorization", "Bearer " + token).contains("\"username\":\"ann\""));
        String foreign =
                issuer.issueToken("other", "kiroku", tokens("ann", "platform")).serialize();
        assertTrue(currentUser("Authorization", "Bearer " + foreign).startsWith("401"));

        var users = new Users(stores.users(), RANDOM, Clock.systemUTC());
        users.add("robot", "correct horse battery", List.of("ci"), new Caller("root", "r"));
        String own =
                users.createToken("robot", "", null, new Caller("root", "r")).value();
        assertTrue(currentUser("Authorization", "Bearer " + own).contains("\"robot\""));
        assertTrue(currentUser("Authorization", basic("robot", own)).contains("\"robot\""));
        assertTrue(currentUser("Authorization", basic("robot", "correct horse battery"))
                .startsWith("401"));
        assertTrue(currentUser().startsWith("401"));
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void redirectUriIsThatOfTheRequest() throws Exception {
        String authorize = URLDecoder.decode(location(get("/sign-in-start")), StandardCharsets.UTF_8);
        assertTrue(
                authorize.contains("redirect_uri=http://127.0.0.1:" + server.port() + "/sign-in-callback"), authorize);
        assertFalse(authorize.contains("secret of the client"));
    }
}
