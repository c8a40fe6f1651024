package dev.kiroku.server;

import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.http.ListeningServer;
import dev.kiroku.http.ReadTimeouts;
import dev.kiroku.http.RequestBodies;
import dev.kiroku.http.UnreadableRequests;
import dev.kiroku.http.prometheus.PrometheusSample;
import dev.kiroku.model.KirokuException;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.http.PassThroughContentEncoding;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.load.AdmissionController;
import dev.kiroku.server.load.Drain;
import dev.kiroku.server.load.ServerMetrics;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.HostAndOriginFilter;
import dev.kiroku.server.security.ServerCertificate;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The HTTP server of the tracking server and registry. */
public final class KirokuServer implements AutoCloseable {
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);

    private final WebServer server;
    private final ReadTimeouts readTimeouts;
    private final Drain drain;

    private KirokuServer(WebServer server, ReadTimeouts readTimeouts, Drain drain) {
        this.server = server;
        this.readTimeouts = readTimeouts;
        this.drain = drain;
    }

    /**
     * Starts a server. The caller closes it.
     *
     * @param info the response of {@code server-info}
     * @param guard checks the permissions of callers before every operation
     * @param bindings the JSON endpoints
     * @param routes the other routes, pages and {@code /metrics} not included
     * @param samples additional samples for {@code /metrics}, asked for at each scrape
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the address cannot be bound or the TLS certificate cannot be used
     */
    public static KirokuServer start(
            ServerSettings settings,
            ServerInfo info,
            Authenticator authenticator,
            AccessGuard guard,
            List<EndpointBinding<?, ?>> bindings,
            List<Route> routes,
            Supplier<List<PrometheusSample>> samples) {
        var admission = new AdmissionController(Runtime.getRuntime().maxMemory());
        var metrics = new ServerMetrics(admission, samples);
        var router = new ServerRoutes(settings, info, guard, admission, metrics).createRouter(bindings, routes);
        var filter = new HostAndOriginFilter(
                settings.hostChecksDisabled(),
                settings.allowedHosts(),
                settings.corsAllowedOrigins(),
                settings.frameOptions(),
                settings.tls() == null ? 0 : settings.tls().hstsSeconds());
        var readTimeouts = new ReadTimeouts(settings.readTimeout());
        var bodies = new RequestBodies(readTimeouts);
        var drain = new Drain();
        var dispatcher = new RequestDispatcher(
                router, filter, authenticator, settings.staticPrefix(), admission, metrics, bodies, drain);
        try {
            WebServer server = ListeningServer.start(
                    webServer(settings, dispatcher, bodies.receiveListener()), settings.host(), settings.port());
            return new KirokuServer(server, readTimeouts, drain);
        } catch (KirokuException e) {
            readTimeouts.close();
            throw e;
        }
    }

    private static WebServerConfig.Builder webServer(
            ServerSettings settings, RequestDispatcher dispatcher, Http1ConnectionListener receiveListener) {
        WebServerConfig.Builder server = WebServer.builder();
        if (settings.tls() != null) {
            server.tls(Tls.builder()
                    .sslContext(ServerCertificate.load(settings.tls().files()).createContext())
                    .build());
        }
        return server.shutdownHook(false)
                .shutdownGracePeriod(settings.gracePeriod())
                .maxPayloadSize(-1)
                .contentEncoding(c ->
                        c.contentEncodingsDiscoverServices(false).addContentEncoding(new PassThroughContentEncoding()))
                .idleConnectionTimeout(IDLE_TIMEOUT)
                .connectionOptions(c -> c.tcpNoDelay(true))
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(UnreadableRequests.MAX_HEADERS_BYTES)
                        .maxPrologueLength(UnreadableRequests.MAX_REQUEST_LINE_BYTES)
                        // UriDecoder validates paths and reports errors in MLflow's form.
                        .validatePath(false)
                        .addReceiveListener(receiveListener)
                        .build())
                .directHandlers(UnreadableRequests.handlers())
                .routing(routing -> routing.any(dispatcher::dispatch));
    }

    /** Returns the port that the server listens at. */
    public int port() {
        return server.port();
    }

    /**
     * Refuses new requests until no more arrive, stops accepting connections, waits for requests in progress within the grace period, and
     * stops.
     */
    @Override
    public void close() {
        try {
            drain.begin();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop();
        readTimeouts.close();
    }
}
