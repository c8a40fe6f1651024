package dev.kiroku.server;

import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.model.api.ResourceType;
import dev.kiroku.server.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What MLflow's pages ask of parts that Kiroku does not have (traces, judges, the gateway, the assistant), answered as by an MLflow in
 * which there is nothing of the kind: so its pages show that there is nothing, and no errors. They are listed in {@code nothing.tsv}.
 * Only the pages are told so; clients learn from {@link UnimplementedOperations} what is missing.
 */
final class EmptyFeatures {
    private EmptyFeatures() {}

    /** @param below the path of what pages call */
    static List<Route> routes(String below) {
        return TsvResource.readRows("nothing.tsv").stream()
                .map(row -> new Route(
                        HttpMethod.valueOf(row[0]),
                        below + row[1],
                        ResourceType.SERVER.read(),
                        _ -> Response.json(200, row[2].getBytes(StandardCharsets.UTF_8))))
                .toList();
    }
}
