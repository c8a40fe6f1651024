package dev.kiroku.server;

import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.model.access.ResourceAccess;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.http.Handler;
import dev.kiroku.server.http.RequestBodyReader;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.http.Router;
import dev.kiroku.server.load.AdmissionController;
import dev.kiroku.server.load.ServerMetrics;
import dev.kiroku.server.pages.MlflowUiPages;
import dev.kiroku.server.pages.UiPages;
import dev.kiroku.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All routes of the server, at every path that MLflow's clients and pages use for them. */
final class ServerRoutes {
    private static final String API_PREFIX = "/api";
    private static final String AJAX_API_PREFIX = "/ajax-api";
    private static final String VERSION_2 = "/2.0/mlflow/";
    private static final String VERSION_2_PREVIEW = "/2.0/preview/mlflow/";
    /** The folder of the module {@code ui} on the class path. */
    private static final String UI_RESOURCES = "/dev/kiroku/ui/";
    /** The path of Kiroku's own pages if MLflow's are at {@code /}. */
    private static final String SECONDARY_UI_PATH = "/kiroku";

    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private final ServerSettings settings;
    private final ServerInfo info;
    private final ServerMetrics metrics;
    private final WireWriter writer = new WireWriter();
    private final AccessGuard guard;
    private final EndpointHandlers handlers;

    ServerRoutes(
            ServerSettings settings,
            ServerInfo info,
            AccessGuard guard,
            AdmissionController admission,
            ServerMetrics metrics) {
        this.guard = guard;
        this.settings = settings;
        this.info = info;
        this.metrics = metrics;
        // A request in memory is its bytes, the parsed request and the response: an eighth of the heap for the bytes
        // leaves room for all of them.
        var bodies = new RequestBodyReader(
                (int) Math.min(settings.maxBodyBytes(), Runtime.getRuntime().maxMemory() / 8));
        this.handlers = new EndpointHandlers(writer, bodies, admission);
    }

    /**
     * Returns a router for the endpoints, the other routes, the server's own routes and the pages.
     *
     * @throws IllegalStateException if two of them have the same method and path
     */
    Router createRouter(List<EndpointBinding<?, ?>> bindings, List<Route> otherRoutes) {
        List<EndpointBinding<?, ?>> guarded = bindings.stream()
                .<EndpointBinding<?, ?>>map(binding -> binding.guardedBy(guard))
                .toList();
        List<Route> routes = new ArrayList<>();
        otherRoutes.forEach(route -> routes.add(route.guardedBy(guard)));
        guarded.forEach(binding -> routes.add(endpointRoute(binding)));
        serverRoutes().forEach(route -> routes.add(route.guardedBy(guard)));
        // The query says what is touched; its fields are answered by endpoints.
        Handler graphql = handlers.graphql(guarded);
        for (HttpMethod method :
                List.of(HttpMethod.POST, HttpMethod.GET)) { // as MLflow, which reads the body of a GET, too
            routes.add(new Route(method, "/graphql", ResourceType.SERVER.read(), graphql));
        }

        boolean mlflowUi = settings.mlflowUiFolder() != null;
        List<Route> fallbacks = new ArrayList<>(mlflowUi ? EmptyFeatures.routes(AJAX_API_PREFIX) : List.of());
        fallbacks.addAll(UnimplementedOperations.routes(routes));

        Router router = new Router();
        pageRoutes(mlflowUi)
                .forEach(route -> router.add(
                        route.method().name(),
                        route.path(),
                        route.guardedBy(guard).handler()));
        // Pages use paths relative to their own, so all routes are also below the path of the pages.
        for (String base : mlflowUi ? List.of("", SECONDARY_UI_PATH) : List.of("")) {
            addAll(
                    router,
                    base,
                    Stream.concat(routes.stream(), fallbacks.stream()).toList());
        }
        return router;
    }

    /** Adds routes at all their paths; of two routes for one method and path, the first. */
    private static void addAll(Router router, String base, List<Route> routes) {
        Set<String> added = new HashSet<>();
        for (Route route : routes) {
            for (String path : pathsOf(route.path())) {
                if (added.add(route.method() + " " + path)) {
                    router.add(route.method().name(), base + path, route.handler(), route.path(), route.open());
                }
            }
        }
    }

    /** Returns all paths of a route: those below {@code /api} are also below {@code /ajax-api}, and those of version 2.0 below a preview path. */
    static List<String> pathsOf(String path) {
        if (!path.startsWith(API_PREFIX + "/")) {
            return List.of(path);
        }
        String bare = path.substring(API_PREFIX.length());
        List<String> paths = new ArrayList<>(List.of(API_PREFIX + bare, AJAX_API_PREFIX + bare));
        if (bare.startsWith(VERSION_2)) {
            String preview = VERSION_2_PREVIEW + bare.substring(VERSION_2.length());
            paths.addAll(List.of(API_PREFIX + preview, AJAX_API_PREFIX + preview));
        }
        return paths;
    }

    private Route endpointRoute(EndpointBinding<?, ?> binding) {
        var endpoint = binding.endpoint();
        return new Route(
                endpoint.method(),
                API_PREFIX + endpoint.path(),
                endpoint.resources(),
                refusingEarly(endpoint.resources(), handlers.endpoint(binding)),
                binding.open());
    }

    /** Who may not administer the server is refused before anything of the request is read. The binding checks the rest. */
    private Handler refusingEarly(List<ResourceAccess> resources, Handler handler) {
        List<ResourceAccess> administrative =
                resources.stream().filter(ResourceAccess::isAdministrative).toList();
        return administrative.isEmpty()
                ? handler
                : request -> {
                    guard.check(request.caller(), administrative, _ -> List.of());
                    return handler.handle(request);
                };
    }

    private List<Route> serverRoutes() {
        return List.of(
                new Route(
                        HttpMethod.GET,
                        API_PREFIX + "/3.0/mlflow/server-info",
                        ResourceType.SERVER.read(),
                        _ -> Response.json(200, writer.toJson(info))),
                new Route(
                        HttpMethod.GET,
                        "/health",
                        ResourceType.SERVER.read(),
                        _ -> Response.text(200, PLAIN_TEXT, "OK")),
                new Route(
                        HttpMethod.GET,
                        "/version",
                        ResourceType.SERVER.read(),
                        _ -> Response.text(200, PLAIN_TEXT, KirokuVersion.MLFLOW_PROTOCOL)),
                // Clients stop to send spans if the message has the words of MLflow's servers that keep traces
                // elsewhere.
                Route.notImplemented(
                        HttpMethod.POST,
                        "/v1/traces",
                        "REST OTLP span logging is not supported by Kiroku, which keeps no traces."),
                new Route(HttpMethod.GET, "/metrics", ResourceType.SERVER.read(), metrics::scrape));
    }

    private List<Route> pageRoutes(boolean mlflowUi) {
        var ui = new UiPages(
                UI_RESOURCES,
                new WelcomePage(settings.tls() == null ? "http" : "https", settings.staticPrefix())::handle);
        if (!mlflowUi) {
            return ui.routes("");
        }
        List<Route> pages = new ArrayList<>(ui.routes(SECONDARY_UI_PATH));
        pages.addAll(new MlflowUiPages(settings.mlflowUiFolder()).routes());
        return pages;
    }
}
