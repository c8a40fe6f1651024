package dev.kiroku.server.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An OpenID provider: the authorization code flow with PKCE, and the verification of tokens that programs send. The provider's configuration is
 * read when it is first needed, so that a server starts without its provider. Thread-safe.
 */
final class OidcProvider implements AutoCloseable {
    /** Signatures with keys of the provider only: neither {@code none} nor those that this server's secret would verify. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private static final int CLOCK_SKEW_SECONDS = 60;
    private static final Duration KEY_LIFETIME = Duration.ofMinutes(15);
    private static final Duration KEY_LIFETIME_IN_OUTAGE = Duration.ofHours(4);
    private static final Duration KEY_REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final int MAX_TOKEN_LENGTH = 32 << 10;

    /** What identifies one sign-in: the values that the provider gets, and the one that proves to it who began. */
    record Attempt(String state, String nonce, String codeVerifier) {}

    /** A user whom the provider has authenticated, with the signed token that says so. */
    record SignedIn(Map<String, Object> claims, String idToken) {}

    /** The provider as its configuration describes it. */
    private record Connected(OIDCProviderMetadata metadata, JWSVerificationKeySelector<SecurityContext> keys) {}

    private final Logger log = LoggerFactory.getLogger(OidcProvider.class);
    private final OidcSettings settings;
    private final OidcHttpClient http;
    private final Issuer issuer;
    private final ClientID clientId;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Connected connected;

    OidcProvider(OidcSettings settings) {
        this.settings = settings;
        this.http = new OidcHttpClient(settings.certificateAuthorities());
        this.issuer = new Issuer(settings.issuer());
        this.clientId = new ClientID(settings.clientId());
    }

    /** Reads the provider's configuration, so that the log tells the operator of a mistake before people notice it. */
    void connectInBackground() {
        Thread.ofVirtual().name("oidc-discovery").start(() -> {
            try {
                connect();
            } catch (KirokuException e) {
                log.warn("{} The server tries again when somebody signs in.", e.getMessage());
            }
        });
    }

    private Connected connect() {
        Connected known = connected;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            if (connected == null) {
                connected = discover();
            }
            return connected;
        } catch (IOException | ParseException e) {
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE,
                    "The configuration of the OpenID provider " + issuer + " cannot be read: " + message(e) + ".");
        } finally {
            lock.unlock();
        }
    }

    private Connected discover() throws IOException, ParseException {
        String url = settings.issuer().toString().replaceAll("/$", "") + "/.well-known/openid-configuration";
        OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(
                http.retrieveResource(URI.create(url).toURL()).getContent());
        if (!metadata.getIssuer().equals(issuer)) {
            throw new IOException("it names itself " + metadata.getIssuer() + ", which --oidc-issuer must be");
        }
        for (URI endpoint : List.of(
                metadata.getAuthorizationEndpointURI(), metadata.getTokenEndpointURI(), metadata.getJWKSetURI())) {
            if (!OidcSettings.isSecure(endpoint)) {
                throw new IOException("its endpoint " + endpoint + " is not HTTPS");
            }
        }
        JWKSource<SecurityContext> keys = JWKSourceBuilder.create(
                        metadata.getJWKSetURI().toURL(), http)
                .cache(KEY_LIFETIME.toMillis(), KEY_REQUEST_TIMEOUT.toMillis())
                .refreshAheadCache(false) // would keep a thread
                .outageTolerant(KEY_LIFETIME_IN_OUTAGE.toMillis())
                .build();
        return new Connected(metadata, new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    }

    /** Returns the URL at the provider to which the browser of somebody who wants to sign in is sent. */
    URI authorizationUrl(Attempt attempt, URI redirectUri) {
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE, new Scope(settings.scopes().toArray(String[]::new)), clientId, redirectUri)
                .state(new State(attempt.state()))
                .nonce(new Nonce(attempt.nonce()))
                .codeChallenge(new CodeVerifier(attempt.codeVerifier()), CodeChallengeMethod.S256)
                .endpointURI(connect().metadata().getAuthorizationEndpointURI())
                .build()
                .toURI();
    }

    /**
     * Exchanges the code with which the provider sent the browser back.
     *
     * @throws KirokuException with {@code UNAUTHENTICATED} if the provider refuses it or its answer is not valid, with
     *     {@code TEMPORARILY_UNAVAILABLE} if the provider does not answer
     */
    SignedIn exchange(String code, Attempt attempt, URI redirectUri) {
        Connected provider = connect();
        try {
            TokenResponse response = OIDCTokenResponseParser.parse(
                    http.send(tokenRequest(provider.metadata(), code, attempt, redirectUri)
                            .toHTTPRequest()));
            if (!response.indicatesSuccess()) {
                throw refused(describe(response.toErrorResponse().getErrorObject()));
            }
            OIDCTokenResponse tokens = (OIDCTokenResponse) response.toSuccessResponse();
            JWT idToken = tokens.getOIDCTokens().getIDToken();
            if (idToken == null) {
                throw refused("the provider gave no ID token");
            }
            var validator = new IDTokenValidator(issuer, clientId, provider.keys(), null);
            validator.setMaxClockSkew(CLOCK_SKEW_SECONDS);
            Map<String, Object> claims = new HashMap<>(validator
                    .validate(idToken, new Nonce(attempt.nonce()))
                    .toJWTClaimsSet()
                    .getClaims());
            addUserInfo(provider.metadata(), tokens, claims);
            return new SignedIn(claims, idToken.serialize());
        } catch (BadJOSEException | JOSEException | ParseException e) {
            throw refused(message(e));
        } catch (IOException e) {
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE, "The OpenID provider does not answer: " + message(e) + ".");
        }
    }

    private TokenRequest tokenRequest(OIDCProviderMetadata metadata, String code, Attempt attempt, URI redirectUri) {
        var grant = new AuthorizationCodeGrant(
                new AuthorizationCode(code), redirectUri, new CodeVerifier(attempt.codeVerifier()));
        URI endpoint = metadata.getTokenEndpointURI();
        if (settings.clientSecret() == null) {
            return new TokenRequest.Builder(endpoint, clientId, grant).build();
        }
        Secret secret = new Secret(settings.clientSecret());
        List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
        boolean post = methods != null
                && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
        return new TokenRequest.Builder(
                        endpoint,
                        post ? new ClientSecretPost(clientId, secret) : new ClientSecretBasic(clientId, secret),
                        grant)
                .build();
    }

    /** Adds the claims that some providers give only at an endpoint of their own. */
    private void addUserInfo(OIDCProviderMetadata metadata, OIDCTokenResponse tokens, Map<String, Object> claims)
            throws IOException, ParseException {
        URI endpoint = metadata.getUserInfoEndpointURI();
        boolean complete = OidcClaims.find(claims, settings.nameClaim()) != null
                && OidcClaims.find(claims, settings.groupsClaim()) != null;
        if (endpoint == null || complete) {
            return;
        }
        var request = new UserInfoRequest(endpoint, tokens.getOIDCTokens().getAccessToken());
        UserInfoResponse response = UserInfoResponse.parse(http.send(request.toHTTPRequest()));
        if (!response.indicatesSuccess()) {
            log.warn(
                    "the user info endpoint of the OpenID provider answered: {}",
                    describe(response.toErrorResponse().getErrorObject()));
            return;
        }
        var info = response.toSuccessResponse().getUserInfo();
        if (info != null && info.getSubject().getValue().equals(claims.get("sub"))) {
            info.toJSONObject().forEach(claims::putIfAbsent);
        }
    }

    /**
     * Returns the claims of a token that a program sent: an ID token or an access token in JWT format.
     *
     * @throws KirokuException with {@code UNAUTHENTICATED} if it is not one of this provider for this server, or is not valid now
     */
    Map<String, Object> verify(String token) {
        if (token.length() > MAX_TOKEN_LENGTH
                || token.chars().filter(c -> c == '.').count() != 2) {
            throw refused("it is neither a token of this server nor a JWT");
        }
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(connect().keys());
        Set<String> audiences = settings.audiences().isEmpty() ? Set.of(settings.clientId()) : settings.audiences();
        var claims = new DefaultJWTClaimsVerifier<SecurityContext>(
                audiences,
                new JWTClaimsSet.Builder().issuer(issuer.getValue()).build(),
                Set.of("sub", "exp"),
                Set.of());
        claims.setMaxClockSkew(CLOCK_SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
        try {
            return processor.process(token, null).getClaims();
        } catch (RateLimitReachedException e) {
            throw refused("it is signed with an unknown key"); // the keys have just been read
        } catch (KeySourceException e) {
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE,
                    "The keys of the OpenID provider cannot be read: " + message(e) + ".");
        } catch (java.text.ParseException | BadJOSEException | JOSEException e) {
            throw refused(message(e));
        }
    }

    /** Returns the URL at the provider at which the user signs out there; empty if it has none. */
    Optional<URI> signOutUrl(Optional<String> idToken, URI afterwards) {
        try {
            URI endpoint = connect().metadata().getEndSessionEndpointURI();
            if (endpoint == null || !OidcSettings.isSecure(endpoint)) {
                return Optional.empty();
            }
            JWT hint = idToken.isEmpty() ? null : JWTParser.parse(idToken.get());
            return Optional.of(new LogoutRequest(endpoint, hint, null, clientId, afterwards, null, null).toURI());
        } catch (java.text.ParseException | KirokuException e) {
            log.debug("no sign-out at the OpenID provider", e);
            return Optional.empty();
        }
    }

    private static KirokuException refused(String reason) {
        return new KirokuException(ErrorCode.UNAUTHENTICATED, "The token is not accepted: " + reason + ".");
    }

    private static String describe(ErrorObject error) {
        String text = error == null ? "an error without description" : error.getCode() + " " + error.getDescription();
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static String message(Exception e) {
        String text = e.getMessage() == null ? e.toString() : e.getMessage();
        return text.replaceAll("\\p{Cntrl}", " ").replaceAll("\\.$", "");
    }

    @Override
    public void close() {
        http.close();
    }
}
