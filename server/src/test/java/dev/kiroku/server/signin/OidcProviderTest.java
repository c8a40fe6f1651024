package dev.kiroku.server.signin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.kiroku.core.users.Identity;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and answers of a provider, most of which must be refused. */
class OidcProviderTest {
    private static final OidcProvider.Attempt ATTEMPT = new OidcProvider.Attempt("state", "nonce", "v".repeat(43));
    private static final URI CALLBACK = URI.create("http://127.0.0.1:5000/sign-in-callback");

    private TestProvider issuer;
    private OidcProvider provider;

    @BeforeEach
    void start() throws Exception {
        issuer = new TestProvider();
        provider = new OidcProvider(issuer.settings());
    }

    @AfterEach
    void stop() {
        provider.close();
        issuer.close();
    }

    private void assertRefused(String token) {
        KirokuException e = assertThrows(KirokuException.class, () -> provider.verify(token), token);
        assertEquals(ErrorCode.UNAUTHENTICATED, e.code(), e.getMessage());
    }

    private static Date inSeconds(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    @Test
    void acceptsTokensOfTheProvider() throws Exception {
        assertEquals(
                "ann", provider.verify(issuer.sign(issuer.claims().build())).get("preferred_username"));
        String access = TestProvider.sign(
                issuer.claims().audience(List.of("other", "kiroku")).build(),
                issuer.key(),
                new JOSEObjectType("at+jwt"));
        assertEquals("1234", provider.verify(access).get("sub"));
        assertEquals(
                "1234",
                provider.verify(issuer.sign(
                                issuer.claims().expirationTime(inSeconds(-30)).build()))
                        .get("sub"),
                "clocks differ a little");
        assertEquals(
                "1234",
                provider.verify(issuer.sign(
                                issuer.claims().notBeforeTime(inSeconds(30)).build()))
                        .get("sub"));
    }

    @Test
    void refusesTokensOfOthersAndForOthers() throws Exception {
        assertRefused(
                issuer.sign(issuer.claims().issuer("https://other.example").build()));
        assertRefused(issuer.sign(issuer.claims().issuer(null).build()));
        assertRefused(issuer.sign(issuer.claims().audience("other").build()));
        assertRefused(issuer.sign(issuer.claims().audience((String) null).build()));
        assertRefused(issuer.sign(issuer.claims().expirationTime(inSeconds(-90)).build()));
        assertRefused(issuer.sign(issuer.claims().expirationTime(null).build()));
        assertRefused(issuer.sign(issuer.claims().notBeforeTime(inSeconds(90)).build()));
        assertRefused(issuer.sign(issuer.claims().subject(null).build()));
        var other = TestProvider.newKey(issuer.key().getKeyID());
        assertRefused(TestProvider.sign(issuer.claims().build(), other, JOSEObjectType.JWT));
        assertRefused(TestProvider.sign(issuer.claims().build(), TestProvider.newKey("unknown"), JOSEObjectType.JWT));
        assertRefused(TestProvider.sign(issuer.claims().build(), issuer.key(), new JOSEObjectType("logout+jwt")));
        String[] parts = issuer.sign(issuer.claims().build()).split("\\.");
        String[] more = issuer.sign(
                        issuer.claims().claim("groups", List.of("x")).build())
                .split("\\.");
        assertRefused(parts[0] + "." + more[1] + "." + parts[2]);
    }

    @Test
    void refusesAlgorithmsThatNeedNoKeyOfTheProvider() throws Exception {
        JWTClaimsSet claims = issuer.claims().build();
        assertRefused(new PlainJWT(claims).serialize());
        for (byte[] secret : List.of(
                issuer.key().toRSAPublicKey().getEncoded(),
                issuer.key().toPublicJWK().toString().getBytes(UTF_8),
                "client secret that is long enough for it".getBytes(UTF_8))) {
            var jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(issuer.key().getKeyID())
                            .build(),
                    claims);
            jwt.sign(new MACSigner(secret));
            assertRefused(jwt.serialize());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b", "a.b.c", "..", "e30.e30.e30", "eyJhbGciOiJSUzI1NiJ9..", "a.b.c.d.e"})
    void refusesWhatIsNoToken(String text) {
        assertRefused(text);
        assertRefused("a.b." + "c".repeat(40_000));
    }

    @Test
    void followsNoUrlOfAToken() throws Exception {
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .jwkURL(URI.create(issuer.issuer() + "/evil-keys"))
                .keyID("evil")
                .x509CertURL(URI.create(issuer.issuer() + "/evil-certificate"))
                .build();
        var jwt = new SignedJWT(
                header,
                issuer.claims()
                        .claim("_claim_sources", Map.of("src1", Map.of("endpoint", issuer.issuer() + "/evil-claims")))
                        .build());
        var evil = TestProvider.newKey("evil");
        jwt.sign(new com.nimbusds.jose.crypto.RSASSASigner(evil));
        assertRefused(jwt.serialize());
        assertTrue(issuer.requests.stream().noneMatch(path -> path.startsWith("/evil")), issuer.requests.toString());
    }

    @Test
    void followsTheRotationOfKeys() throws Exception {
        String old = issuer.sign(issuer.claims().build());
        provider.verify(old);
        long keyRequests = issuer.requests.stream().filter("/jwks"::equals).count();
        provider.verify(old);
        assertEquals(
                keyRequests, issuer.requests.stream().filter("/jwks"::equals).count(), "keys are cached");
        issuer.publish(TestProvider.newKey("second"));
        provider.verify(issuer.sign(issuer.claims().build()));
        assertRefused(old);
    }

    @Test
    void providerThatIsDownIsNoReasonToRefuseForGood() throws Exception {
        var good = issuer.answers.get("/.well-known/openid-configuration");
        String token = issuer.sign(issuer.claims().build());
        for (TestProvider.Answer bad : List.of(
                new TestProvider.Answer(500, "down", Map.of()),
                new TestProvider.Answer("<html>"),
                new TestProvider.Answer(302, "", Map.of("Location", issuer.issuer() + "/elsewhere")),
                new TestProvider.Answer(" ".repeat(2 << 20) + good.body()))) {
            issuer.answers.put("/.well-known/openid-configuration", bad);
            assertUnavailable(token);
        }
        issuer.describe(Map.of("issuer", "https://other.example"));
        assertUnavailable(token);
        issuer.describe(Map.of("jwks_uri", "http://169.254.169.254/latest/meta-data"));
        assertUnavailable(token);
        assertFalse(issuer.requests.contains("/elsewhere"));
        issuer.describe(Map.of());
        assertEquals("1234", provider.verify(token).get("sub"));
    }

    private void assertUnavailable(String token) {
        KirokuException e = assertThrows(KirokuException.class, () -> provider.verify(token));
        assertEquals(ErrorCode.TEMPORARILY_UNAVAILABLE, e.code(), e.getMessage());
    }

    private void answerToken(JWTClaimsSet idToken) throws JOSEException {
        issuer.answers.put(
                "/token",
                new TestProvider.Answer("{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\""
                        + issuer.sign(idToken) + "\"}"));
    }

    @Test
    void exchangesCodesForIdTokensOfThisAttempt() throws Exception {
        answerToken(issuer.claims().claim("nonce", "nonce").build());
        var user = provider.exchange("code", ATTEMPT, CALLBACK);
        assertEquals("ann", user.claims().get("preferred_username"));

        for (JWTClaimsSet wrong : List.of(
                issuer.claims().build(),
                issuer.claims().claim("nonce", "other").build(),
                issuer.claims().claim("nonce", "nonce").audience("other").build(),
                issuer.claims()
                        .claim("nonce", "nonce")
                        .issuer("https://other.example")
                        .build(),
                issuer.claims()
                        .claim("nonce", "nonce")
                        .expirationTime(inSeconds(-90))
                        .build())) {
            answerToken(wrong);
            assertExchangeFails(ErrorCode.UNAUTHENTICATED);
        }
        issuer.answers.put("/token", new TestProvider.Answer("{\"access_token\":\"a\",\"token_type\":\"Bearer\"}"));
        assertExchangeFails(ErrorCode.UNAUTHENTICATED);
        issuer.answers.put(
                "/token",
                new TestProvider.Answer(
                        400, "{\"error\":\"invalid_grant\"}", Map.of("Content-Type", "application/json")));
        assertExchangeFails(ErrorCode.UNAUTHENTICATED);
        issuer.answers.put("/token", new TestProvider.Answer(" ".repeat(2 << 20)));
        assertExchangeFails(ErrorCode.TEMPORARILY_UNAVAILABLE);
    }

    private void assertExchangeFails(ErrorCode code) {
        KirokuException e = assertThrows(KirokuException.class, () -> provider.exchange("code", ATTEMPT, CALLBACK));
        assertEquals(code, e.code(), e.getMessage());
        assertFalse(e.getMessage().contains("client secret"));
    }

    @Test
    void asksTheProviderForClaimsThatTheTokenLacks() throws Exception {
        issuer.describe(Map.of("userinfo_endpoint", issuer.issuer() + "/userinfo"));
        issuer.answers.put(
                "/userinfo",
                new TestProvider.Answer("{\"sub\":\"1234\",\"preferred_username\":\"bob\",\"groups\":[\"x\"]}"));
        answerToken(
                issuer.claims().claim("nonce", "nonce").claim("groups", null).build());
        var user = provider.exchange("code", ATTEMPT, CALLBACK);
        assertEquals("ann", user.claims().get("preferred_username"), "what is signed counts");
        assertEquals(List.of("x"), user.claims().get("groups"));
        issuer.answers.put("/userinfo", new TestProvider.Answer("{\"sub\":\"another\",\"groups\":[\"admins\"]}"));
        assertFalse(provider.exchange("code", ATTEMPT, CALLBACK).claims().containsKey("groups"));
    }

    @Test
    void claimsBecomeUsersAndGroups() {
        var claims = new OidcClaims(issuer.settings());
        Identity user = claims.toIdentity(Map.of("preferred_username", " ann ", "groups", List.of("ml", "platform")));
        assertEquals("ann", user.name());
        assertEquals(Set.of("ml", "platform", "admins"), user.groups());
        assertEquals(
                Set.of("ml"),
                claims.toIdentity(Map.of("preferred_username", "ann", "groups", List.of("admins", "ml", 7, "a\nb", "")))
                        .groups(),
                "the provider's group 'admins' is not the one of --oidc-admin-group");
        for (Object name : List.of("", " ", 7, "anonymous", "a\nb", "x".repeat(256))) {
            assertThrows(KirokuException.class, () -> claims.toIdentity(Map.of("preferred_username", name)));
        }
        assertThrows(KirokuException.class, () -> claims.toIdentity(Map.of("sub", "1")));

        var restricted = new OidcClaims(issuer.settings(Set.of("ml")));
        KirokuException e = assertThrows(
                KirokuException.class,
                () -> restricted.toIdentity(Map.of("preferred_username", "ann", "groups", List.of("other"))));
        assertEquals(ErrorCode.PERMISSION_DENIED, e.code());

        Map<String, Object> keycloak = Map.of("realm_access", Map.of("roles", List.of("a")), "a.b", "c");
        assertEquals(List.of("a"), OidcClaims.find(keycloak, "realm_access.roles"));
        assertEquals("c", OidcClaims.find(keycloak, "a.b"));
        assertEquals(null, OidcClaims.find(keycloak, "realm_access.roles.x"));
    }

    @Test
    void unverifiedAddressIsNoName() {
        var byEmail = new OidcClaims(new OidcSettings(
                URI.create(issuer.issuer()),
                "kiroku",
                null,
                List.of(),
                "email",
                "groups",
                Set.of(),
                "admins",
                Set.of(),
                null,
                null));
        assertEquals(
                "ann@example.com",
                byEmail.toIdentity(Map.of("email", "ann@example.com")).name());
        assertThrows(
                KirokuException.class,
                () -> byEmail.toIdentity(Map.of("email", "ann@example.com", "email_verified", false)));
    }

    @Test
    void settingsDoNotShowTheSecret() {
        assertFalse(issuer.settings().toString().contains("client secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://sso.example.com", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:80/x"})
    void httpsOrThisMachineIsSecure(String url) {
        assertTrue(OidcSettings.isSecure(URI.create(url)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://sso.example.com", "http://10.0.0.1", "file:///etc/passwd", "ftp://localhost", "https:x"})
    void otherUrlsAreNot(String url) {
        assertFalse(OidcSettings.isSecure(URI.create(url)));
    }
}
