package dev.kiroku.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.artifacts.ProxiedArtifacts;
import dev.kiroku.model.access.ResourceAccess;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.artifacts.ArtifactRoutes;
import dev.kiroku.server.artifacts.ProxiedArtifactRoutes;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.pages.MlflowUiPages;
import dev.kiroku.server.pages.UiPages;
import dev.kiroku.server.signin.SignInRoutes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Walks the routes that are not JSON endpoints. */
class RouteResourcesTest {
    /** Query parameters that identify a resource; everything else must be a path variable. */
    private static final List<String> QUERY_PARAMETERS = List.of("run_id", "run_uuid", "name", "version");

    @Test
    void everyRouteNamesItsResources() {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new ProxiedArtifactRoutes(new ProxiedArtifacts(null, Duration.ZERO)).routes());
        routes.addAll(ArtifactRoutes.notImplemented("test"));
        routes.addAll(new SignInRoutes(null, null).routes());
        routes.addAll(new UiPages("/", null).routes("/ui"));
        routes.addAll(new MlflowUiPages(Path.of(".")).routes());
        routes.addAll(EmptyFeatures.routes("/ajax-api"));
        routes.addAll(UnimplementedOperations.routes(List.of()));
        for (Route route : routes) {
            for (ResourceAccess access : route.resources()) {
                if (route.path().contains("artifact")) {
                    boolean unimplemented = access.equals(ResourceType.SERVER.read());
                    assertTrue(unimplemented || !access.fields().isEmpty(), route.path() + ": " + access);
                }
                for (String field : access.fields()) {
                    boolean variable = route.path().contains("{" + field + "}")
                            || route.path().contains("{" + field + "...}");
                    assertTrue(variable || QUERY_PARAMETERS.contains(field), route.path() + ": " + access);
                }
            }
        }
        assertEquals(
                7,
                routes.stream()
                        .filter(r -> r.resources().getFirst().type() != ResourceType.SERVER)
                        .count());
    }

    @Test
    void aRouteWithoutResourcesIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Route(HttpMethod.GET, "/x", List.of(), request -> null));
    }
}
