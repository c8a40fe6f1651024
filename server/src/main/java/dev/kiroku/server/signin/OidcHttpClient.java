package dev.kiroku.server.signin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import dev.kiroku.model.tls.PemFile;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Sends requests to an OpenID provider, with limits for time and size. Redirects are not followed, and URLs are those of the provider's
 * configuration: no URL of a token is called. Thread-safe.
 */
final class OidcHttpClient implements HTTPRequestSender, ResourceRetriever, AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_RESPONSE_BYTES = 1 << 20;
    private static final Set<String> SENT_HEADERS = Set.of("authorization", "content-type", "accept");

    private final HttpClient http;

    /**
     * Creates a client.
     *
     * @param certificateAuthorities a PEM file with the authorities that are trusted; null for those of the JDK
     */
    OidcHttpClient(Path certificateAuthorities) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).followRedirects(HttpClient.Redirect.NEVER);
        if (certificateAuthorities != null) {
            builder.sslContext(trusting(certificateAuthorities));
        }
        this.http = builder.build();
    }

    private static SSLContext trusting(Path certificateAuthorities) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(new PemFile(certificateAuthorities).trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Resource retrieveResource(URL url) throws IOException {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(URI.create(url.toString())).header("Accept", "application/json"));
        if (response.statusCode() != 200) {
            throw new IOException(url + " answered with status " + response.statusCode());
        }
        return new Resource(response.body(), "application/json");
    }

    @Override
    public HTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.getURI());
        request.getHeaderMap().forEach((name, values) -> {
            if (SENT_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> builder.header(name, value));
            }
        });
        String body = request.getBody();
        builder.method(
                request.getMethod().name(),
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        HttpResponse<String> response = send(builder);
        HTTPResponse answer = new HTTPResponse(response.statusCode());
        try {
            answer.setContentType(response.headers().firstValue("Content-Type").orElse("application/json"));
        } catch (ParseException e) {
            throw new IOException("the response has no valid content type", e);
        }
        answer.setBody(response.body());
        return answer;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        HttpRequest limited = request.timeout(RESPONSE_TIMEOUT).build();
        if (!OidcSettings.isSecure(limited.uri())) {
            throw new IOException("the URL " + limited.uri() + " of the OpenID provider is not HTTPS");
        }
        try {
            return http.send(
                    limited,
                    info -> HttpResponse.BodySubscribers.mapping(
                            HttpResponse.BodySubscribers.limiting(
                                    HttpResponse.BodySubscribers.ofByteArray(), MAX_RESPONSE_BYTES),
                            bytes -> new String(bytes, UTF_8)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
