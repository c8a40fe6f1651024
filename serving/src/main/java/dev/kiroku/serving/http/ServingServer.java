package dev.kiroku.serving.http;

import dev.kiroku.http.BodyBudget;
import dev.kiroku.http.ListeningServer;
import dev.kiroku.http.ReadTimeouts;
import dev.kiroku.http.RequestBodies;
import dev.kiroku.http.UnreadableRequests;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.deploy.ServedModels;
import dev.kiroku.serving.metrics.ServingMetrics;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server of the model server. */
public final class ServingServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServingServer.class);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);
    /** The time to write the last responses, after the grace period. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    /** A body takes a multiple of its size, as bytes, as a parsed table and as a frame to a worker; and there are two shares. */
    private static final int HEAP_PER_BODY_BYTE = 12;

    private static final int SMALL_BODY_BYTES = 256 << 10;

    private final WebServer server;
    private final ReadTimeouts readTimeouts;
    private final Duration gracePeriod;
    private final InFlightRequests inFlight;
    private final InvocationLog log;

    private ServingServer(
            WebServer server,
            ReadTimeouts readTimeouts,
            Duration gracePeriod,
            InFlightRequests inFlight,
            InvocationLog log) {
        this.server = server;
        this.readTimeouts = readTimeouts;
        this.gracePeriod = gracePeriod;
        this.inFlight = inFlight;
        this.log = log;
    }

    /**
     * Starts a server, which answers 503 until the models are ready. The caller closes it.
     *
     * @param accessLog receives a line of JSON for each request, if the settings ask for it
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if the address cannot be bound
     * @throws IOException if the capture file cannot be opened
     */
    public static ServingServer start(
            ServingSettings settings, ServedModels models, ServingMetrics metrics, Consumer<String> accessLog)
            throws IOException {
        InFlightRequests inFlight = new InFlightRequests();
        InvocationLog log = new InvocationLog(settings, metrics, accessLog);
        ReadTimeouts readTimeouts = new ReadTimeouts(settings.readTimeout());
        RequestBodies bodies = new RequestBodies(readTimeouts);
        InvocationHandler invocations = new InvocationHandler(
                models,
                new BodyReader(settings.maxBodyBytes()),
                new BodyBudget(Runtime.getRuntime().maxMemory() / HEAP_PER_BODY_BYTE, SMALL_BODY_BYTES),
                inFlight,
                log);
        ServingRoutes routes = new ServingRoutes(bodies, models, metrics, inFlight, invocations);
        WebServerConfig.Builder listener = WebServer.builder()
                .shutdownHook(false)
                .shutdownGracePeriod(CLOSE_TIMEOUT)
                .maxPayloadSize(-1)
                .idleConnectionTimeout(IDLE_TIMEOUT)
                .connectionOptions(c -> c.tcpNoDelay(true))
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(UnreadableRequests.MAX_HEADERS_BYTES)
                        .maxPrologueLength(UnreadableRequests.MAX_REQUEST_LINE_BYTES)
                        .validatePath(false)
                        .addReceiveListener(bodies.receiveListener())
                        .build())
                .directHandlers(UnreadableRequests.handlers())
                .routing(routing -> routing.any(routes::dispatch));
        try {
            WebServer server = ListeningServer.start(listener, settings.host(), settings.port());
            return new ServingServer(server, readTimeouts, settings.gracePeriod(), inFlight, log);
        } catch (KirokuException e) {
            readTimeouts.close();
            log.close();
            throw e;
        }
    }

    /** Returns the port that the server listens at. */
    public int port() {
        return server.port();
    }

    /** Reports that it is not ready any more, waits for requests in progress within the grace period, and stops. */
    @Override
    public void close() {
        try {
            inFlight.stop(gracePeriod);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop();
        readTimeouts.close();
        try {
            log.close();
        } catch (IOException e) {
            LOG.warn("the capture file could not be closed: {}", e.getMessage());
        }
    }
}
