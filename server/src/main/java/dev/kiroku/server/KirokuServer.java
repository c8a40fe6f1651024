package dev.kiroku.server;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.model.api.ResourceType;
import dev.kiroku.server.graphql.GraphqlService;
import dev.kiroku.server.http.Handler;
import dev.kiroku.server.http.PassThroughContentEncoding;
import dev.kiroku.server.http.ReadTimeouts;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.RequestBodyReader;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Router;
import dev.kiroku.server.load.AdmissionController;
import dev.kiroku.server.load.PrometheusSample;
import dev.kiroku.server.load.ServerMetrics;
import dev.kiroku.server.pages.MlflowUiPages;
import dev.kiroku.server.pages.UiPages;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.HostAndOriginFilter;
import dev.kiroku.wire.WireReader;
import dev.kiroku.wire.WireWriter;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The HTTP server: every endpoint and route at all the addresses that MLflow's clients know it by. */
public final class KirokuServer implements AutoCloseable {
    private static final String API_PREFIX = "/api";
    private static final String AJAX_API_PREFIX = "/ajax-api";
    private static final String VERSION_2 = "/2.0/mlflow/";
    private static final String VERSION_2_PREVIEW = "/2.0/preview/mlflow/";
    /** Where the module {@code ui} puts the pages on the class path. */
    private static final String UI_RESOURCES = "/dev/kiroku/ui/";
    /** Where these pages stand when MLflow's are at {@code /}. */
    private static final String SECONDARY_UI_PATH = "/kiroku";

    private static final int MAX_HEADERS_BYTES = 64 << 10;
    private static final int MAX_REQUEST_LINE_BYTES = 256 << 10;

    private final WebServer server;
    private final ReadTimeouts readTimeouts;

    private KirokuServer(WebServer server, ReadTimeouts patience) {
        this.server = server;
        this.readTimeouts = patience;
    }

    /**
     * Starts to listen. The caller stops it.
     *
     * @param samples what {@code /metrics} tells beside what the server knows itself; asked at each scrape
     * @throws KirokuException INVALID_PARAMETER_VALUE when the address cannot be listened at, with a message for the operator
     */
    public static KirokuServer start(
            ServerSettings settings,
            ServerInfo info,
            Authenticator authenticator,
            List<EndpointBinding<?, ?>> bindings,
            List<Route> routes,
            Supplier<List<PrometheusSample>> samples) {
        var patience = new ReadTimeouts(settings.readTimeout());
        var admission = new AdmissionController(Runtime.getRuntime().maxMemory());
        var metrics = new ServerMetrics(admission, samples);
        var router = createRouter(settings, info, bindings, routes, admission, metrics);
        var dispatcher = new RequestDispatcher(
                router, new HostAndOriginFilter(settings), authenticator, settings.staticPrefix(), metrics, patience);
        WebServer server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false)
                .shutdownGracePeriod(settings.gracePeriod())
                .maxPayloadSize(-1)
                .contentEncoding(c ->
                        c.contentEncodingsDiscoverServices(false).addContentEncoding(new PassThroughContentEncoding()))
                .idleConnectionTimeout(Duration.ofMinutes(5))
                .connectionOptions(c -> c.tcpNoDelay(true))
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(MAX_HEADERS_BYTES)
                        .maxPrologueLength(MAX_REQUEST_LINE_BYTES)
                        // Paths are checked by what reads them, which answers in MLflow's error form.
                        .validatePath(false)
                        .addReceiveListener(patience.headerListener())
                        .build())
                .directHandlers(dispatcher.directHandlers())
                .routing(routing -> routing.any(dispatcher::dispatch))
                .build()
                .start();
        if (!server.isRunning()) { // Helidon logs why, and returns as if nothing had happened
            throw KirokuException.invalid(
                    "cannot listen at %s:%d: the port is taken, or the address is not this machine's. Choose another with --port and --host.",
                    settings.host(), settings.port());
        }
        return new KirokuServer(server, patience);
    }

    /** The port that is listened at. */
    public int port() {
        return server.port();
    }

    /** Takes no more connections, lets requests under way finish within the grace period, and stops. */
    @Override
    public void close() {
        server.stop();
        readTimeouts.close();
    }

    private static Router createRouter(
            ServerSettings settings,
            ServerInfo info,
            List<EndpointBinding<?, ?>> bindings,
            List<Route> routes,
            AdmissionController admission,
            ServerMetrics metrics) {
        var reader = new WireReader();
        var writer = new WireWriter();
        // A request in memory is its bytes, what they were read into and the answer: an eighth of the memory for bytes
        // leaves room for it all.
        var bodies = new RequestBodyReader(
                (int) Math.min(settings.maxBodyBytes(), Runtime.getRuntime().maxMemory() / 8));
        List<Route> all = new ArrayList<>(routes);
        for (EndpointBinding<?, ?> binding : bindings) {
            var endpoint = binding.endpoint();
            all.add(new Route(
                    endpoint.method(),
                    API_PREFIX + endpoint.path(),
                    endpoint.resources(),
                    endpointHandler(binding, reader, writer, bodies, admission)));
        }
        all.add(new Route(
                HttpMethod.GET,
                API_PREFIX + "/3.0/mlflow/server-info",
                ResourceType.SERVER.read(),
                request -> Response.json(200, writer.toJson(info))));
        all.add(new Route(
                HttpMethod.GET,
                "/health",
                ResourceType.SERVER.read(),
                request -> Response.text(200, "text/plain; charset=utf-8", "OK")));
        all.add(new Route(
                HttpMethod.GET,
                "/version",
                ResourceType.SERVER.read(),
                request -> Response.text(200, "text/plain; charset=utf-8", KirokuVersion.MLFLOW_PROTOCOL)));
        all.add(new Route(HttpMethod.GET, "/metrics", ResourceType.SERVER.read(), metrics::scrape));
        all.add(new Route(
                HttpMethod.POST, "/graphql", ResourceType.SERVER.read(), graphqlHandler(bindings, bodies, admission)));
        boolean mlflow = settings.mlflowUiFolder() != null;
        List<Route> pages = new ArrayList<>(new UiPages(UI_RESOURCES, new WelcomePage(settings.staticPrefix())::handle)
                .routes(mlflow ? SECONDARY_UI_PATH : ""));
        List<Route> stopgaps = new ArrayList<>();
        if (mlflow) {
            pages.addAll(new MlflowUiPages(settings.mlflowUiFolder()).routes());
            stopgaps.addAll(EmptyFeatures.routes(AJAX_API_PREFIX));
        }
        stopgaps.addAll(UnimplementedOperations.routes(all));

        Router router = new Router();
        pages.forEach(route -> router.add(route.verb().name(), route.path(), requireAccess(route)));
        // Pages call what they need by addresses that are relative to their own.
        for (String below : mlflow ? List.of("", SECONDARY_UI_PATH) : List.of("")) {
            Set<String> taken = new HashSet<>();
            for (Route route : Stream.concat(all.stream(), stopgaps.stream()).toList()) {
                for (String path : pathsOf(route.path())) {
                    if (taken.add(route.verb() + " " + path)) {
                        router.add(route.verb().name(), below + path, requireAccess(route), route.path());
                    }
                }
            }
        }
        return router;
    }

    /** All addresses of what is known by one. */
    static List<String> pathsOf(String path) {
        if (!path.startsWith(API_PREFIX + "/")) {
            return List.of(path);
        }
        String bare = path.substring(API_PREFIX.length());
        List<String> addresses = new ArrayList<>(List.of(API_PREFIX + bare, AJAX_API_PREFIX + bare));
        if (bare.startsWith(VERSION_2)) {
            String preview = VERSION_2_PREVIEW + bare.substring(VERSION_2.length());
            addresses.addAll(List.of(API_PREFIX + preview, AJAX_API_PREFIX + preview));
        }
        return addresses;
    }

    /** Checks the caller's permissions before anything of the request is read. */
    private static Handler requireAccess(Route route) {
        return request -> {
            Route.requireAccess(request.caller(), route.resources());
            return route.handler().handle(request);
        };
    }

    private static <Q extends Record, R extends Record> Handler endpointHandler(
            EndpointBinding<Q, R> binding,
            WireReader reader,
            WireWriter writer,
            RequestBodyReader bodies,
            AdmissionController admission) {
        Class<Q> type = binding.endpoint().request();
        boolean bodiless = binding.endpoint().method() == HttpMethod.GET;
        return request -> {
            Map<String, String> given = new HashMap<>(request.variables());
            reader.headerFields(type)
                    .forEach((field, header) -> request.header(header).ifPresent(value -> given.put(field, value)));
            try (var _ = admission.acquireBody(bodies.maxBodyBytes(request))) {
                Q query = bodiless && !request.query().isEmpty()
                        ? reader.fromQuery(request.query(), given, type)
                        : reader.fromJson(readJsonBody(request, bodies), given, type);
                // Only now: a client that takes its time to send must not keep others from their turn.
                try (var _ = admission.acquireRequest()) {
                    return Response.json(200, writer.toJson(binding.operation().apply(query, request.caller())));
                }
            }
        };
    }

    private static Handler graphqlHandler(
            List<EndpointBinding<?, ?>> bindings, RequestBodyReader bodies, AdmissionController admission) {
        Supplier<GraphqlService> engine = GraphqlService.lazy(bindings);
        return request -> {
            try (var _ = admission.acquireBody(bodies.maxBodyBytes(request))) {
                byte[] body = readJsonBody(request, bodies);
                try (var _ = admission.acquireRequest()) {
                    return Response.json(200, engine.get().execute(body, request.caller()));
                }
            }
        };
    }

    private static byte[] readJsonBody(Request request, RequestBodyReader bodies) throws IOException {
        boolean changes = request.verb().equals("POST") || request.verb().equals("PUT");
        String type = request.header("Content-Type")
                .map(t -> t.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .orElse(null);
        // Also what keeps a form of another site's from being taken for a call: browsers send no JSON without asking
        // first.
        if (changes && !"application/json".equals(type)) {
            throw new KirokuException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    type == null
                            ? "Bad Request. Content-Type header is missing; it must be application/json."
                            : "Bad Request. Content-Type must be one of ['application/json'].");
        }
        return bodies.read(request);
    }
}
