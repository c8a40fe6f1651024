package dev.kiroku.server.signin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An OpenID provider whose answers a test chooses, also wrong ones. */
final class TestProvider implements AutoCloseable {
    static final String CLIENT_ID = "kiroku";

    private final HttpServer server;
    /** The answers by path; each is a status and a body. */
    final Map<String, Answer> answers = new ConcurrentHashMap<>();

    final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private volatile RSAKey key = newKey("first");

    record Answer(int status, String body, Map<String, String> headers) {
        Answer(String body) {
            this(200, body, Map.of("Content-Type", "application/json"));
        }
    }

    TestProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            requests.add(path);
            exchange.getRequestBody().readAllBytes();
            Answer answer = answers.getOrDefault(path, new Answer(404, "{}", Map.of()));
            byte[] body = answer.body().getBytes(UTF_8);
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        describe(Map.of());
        publish(key);
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Publishes the provider's configuration with some values replaced. */
    void describe(Map<String, Object> changes) {
        Map<String, Object> metadata = new HashMap<>(Map.of(
                "issuer", issuer(),
                "authorization_endpoint", issuer() + "/authorize",
                "token_endpoint", issuer() + "/token",
                "jwks_uri", issuer() + "/jwks",
                "response_types_supported", List.of("code"),
                "subject_types_supported", List.of("public"),
                "id_token_signing_alg_values_supported", List.of("RS256")));
        metadata.putAll(changes);
        answers.put(
                "/.well-known/openid-configuration",
                new Answer(com.nimbusds.jose.util.JSONObjectUtils.toJSONString(metadata)));
    }

    static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    RSAKey key() {
        return key;
    }

    /** Replaces the provider's keys. */
    void publish(RSAKey next) {
        key = next;
        answers.put("/jwks", new Answer(new JWKSet(next.toPublicJWK()).toString()));
    }

    /** Returns the claims of a valid token. */
    JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(CLIENT_ID)
                .subject("1234")
                .issueTime(new Date())
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .claim("preferred_username", "ann")
                .claim("groups", List.of("ml", "platform"));
    }

    String sign(JWTClaimsSet claims) throws JOSEException {
        return sign(claims, key, JOSEObjectType.JWT);
    }

    static String sign(JWTClaimsSet claims, RSAKey key, JOSEObjectType type) throws JOSEException {
        var jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(key.getKeyID())
                        .type(type)
                        .build(),
                claims);
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    OidcSettings settings() {
        return settings(Set.of());
    }

    OidcSettings settings(Set<String> allowedGroups) {
        return new OidcSettings(
                java.net.URI.create(issuer()),
                CLIENT_ID,
                "client secret",
                List.of("openid", "profile"),
                "preferred_username",
                "groups",
                allowedGroups,
                "platform",
                Set.of(),
                null,
                null);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
