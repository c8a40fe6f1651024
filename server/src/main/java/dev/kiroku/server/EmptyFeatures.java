package dev.kiroku.server;

import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Routes for requests of MLflow's pages to features that Kiroku does not have (traces, judges, the gateway, the assistant). They answer like
 * an MLflow server without data of this kind, so that the pages show empty lists instead of errors. Only pages use these paths; clients get
 * the answers of {@link UnimplementedOperations}. The responses are listed in {@code empty-features.tsv}.
 */
final class EmptyFeatures {
    private EmptyFeatures() {}

    /** @param prefix the prefix of the paths that pages use */
    static List<Route> routes(String prefix) {
        return TsvResource.readRows("empty-features.tsv").stream()
                .map(row -> new Route(
                        HttpMethod.valueOf(row[0]),
                        prefix + row[1],
                        ResourceType.SERVER.read(),
                        _ -> Response.json(200, row[2].getBytes(StandardCharsets.UTF_8))))
                .toList();
    }
}
