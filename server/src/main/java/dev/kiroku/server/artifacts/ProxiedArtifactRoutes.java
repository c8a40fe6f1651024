package dev.kiroku.server.artifacts;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ProxiedArtifacts;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import java.io.IOException;
import java.util.List;

/** Routes that read, write and delete artifacts of the store behind {@code mlflow-artifacts:} URIs. */
public final class ProxiedArtifactRoutes {
    private static final String PATH = "/api/2.0/mlflow-artifacts/artifacts/{path...}";

    private final ProxiedArtifacts artifacts;

    /** Creates the routes of a store that is served. */
    public ProxiedArtifactRoutes(ProxiedArtifacts artifacts) {
        this.artifacts = artifacts;
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return List.of(
                new Route(HttpMethod.GET, PATH, ResourceType.ARTIFACT.read("path"), this::download),
                new Route(HttpMethod.PUT, PATH, ResourceType.ARTIFACT.update("path"), this::upload),
                new Route(HttpMethod.DELETE, PATH, ResourceType.ARTIFACT.delete("path"), this::delete));
    }

    private Response download(Request request) {
        return FileResponse.of(artifacts.get(pathVariable(request)), request);
    }

    private Response upload(Request request) throws IOException {
        if (request.variables().get("path").endsWith("/")) {
            throw invalid("Artifact path must include a filename (cannot end with '/').");
        }
        artifacts.write(
                pathVariable(request), request.body().stream(), request.body().length());
        return Response.empty(200);
    }

    private Response delete(Request request) {
        artifacts.delete(pathVariable(request));
        return Response.json(200, new byte[] {'{', '}'});
    }

    private static ArtifactPath pathVariable(Request request) {
        return ArtifactPath.of(request.variables().get("path"));
    }
}
