package dev.kiroku.server.artifacts;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.Artifacts;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Handler;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import dev.kiroku.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.BiFunction;

/** Routes that read and write artifacts of runs, logged models and model versions. */
public final class ArtifactRoutes {
    /** The limit of MLflow for uploads of its pages. */
    private static final int MAX_UI_UPLOAD_BYTES = 10 << 20;

    private final WireWriter writer = new WireWriter();
    private final Artifacts artifacts;
    private final BiFunction<String, String, String> versionSource;

    /** @param versionSource returns the artifact location of a model version, given the name of the model and the version */
    public ArtifactRoutes(Artifacts artifacts, BiFunction<String, String, String> versionSource) {
        this.artifacts = artifacts;
        this.versionSource = versionSource;
    }

    /** Returns the routes. */
    public List<Route> routes() {
        return routes(
                this::downloadRunArtifact,
                this::downloadModelVersionArtifact,
                this::uploadRunArtifact,
                this::downloadLoggedModelArtifact);
    }

    /** Returns the same routes for a server without a tracking store; each answers 501 with {@code reason}. */
    public static List<Route> notImplemented(String reason) {
        Handler handler = Route.notImplementedHandler(reason);
        return routes(handler, handler, handler, handler);
    }

    private static List<Route> routes(
            Handler downloadRun, Handler downloadModelVersion, Handler uploadRun, Handler downloadLoggedModel) {
        return List.of(
                // Older clients name the run by run_uuid. A request with both needs access to both.
                new Route(
                        HttpMethod.GET,
                        "/get-artifact",
                        List.of(ResourceType.RUN.read("run_id"), ResourceType.RUN.read("run_uuid")),
                        downloadRun),
                new Route(
                        HttpMethod.GET,
                        "/model-versions/get-artifact",
                        ResourceType.MODEL_VERSION.read("name", "version"),
                        downloadModelVersion),
                new Route(
                        HttpMethod.POST,
                        "/api/2.0/mlflow/upload-artifact",
                        List.of(ResourceType.RUN.update("run_id"), ResourceType.RUN.update("run_uuid")),
                        uploadRun),
                new Route(
                        HttpMethod.GET,
                        "/api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
                        ResourceType.LOGGED_MODEL.read("model_id"),
                        downloadLoggedModel));
    }

    private Response downloadRunArtifact(Request request) {
        String runId = request.queryParameter("run_id")
                .or(() -> request.queryParameter("run_uuid"))
                .orElseThrow(() -> missingParameter("run_id"));
        return FileResponse.of(artifacts.getRunArtifact(runId, requirePath(request, "path")), request);
    }

    private Response downloadModelVersionArtifact(Request request) {
        String name = request.queryParameter("name").orElseThrow(() -> missingParameter("name"));
        String version = request.queryParameter("version").orElseThrow(() -> missingParameter("version"));
        ArtifactPath path = requirePath(request, "path");
        String location = versionSource.apply(name, version);
        return isPresigned(request)
                ? json(artifacts.signDownload(location, path))
                : FileResponse.of(artifacts.getArtifact(location, path), request);
    }

    private Response downloadLoggedModelArtifact(Request request) {
        String modelId = request.variables().get("model_id");
        ArtifactPath path = requirePath(request, "artifact_file_path");
        return isPresigned(request)
                ? json(artifacts.signModelDownload(modelId, path))
                : FileResponse.of(artifacts.getModelArtifact(modelId, path), request);
    }

    /** Returns whether a page asks for a URL of the store instead of the bytes. */
    private static boolean isPresigned(Request request) {
        return request.queryParameter("presigned").filter("true"::equals).isPresent();
    }

    private Response json(Record response) {
        return Response.json(200, writer.toJson(response));
    }

    private Response uploadRunArtifact(Request request) throws IOException {
        String runId = request.queryParameter("run_id")
                .filter(id -> !id.isEmpty())
                .or(() -> request.queryParameter("run_uuid").filter(id -> !id.isEmpty()))
                .orElseThrow(() -> invalid("Request must specify run_id or run_uuid."));
        ArtifactPath path = ArtifactPath.of(request.queryParameter("path")
                .filter(p -> !p.isEmpty())
                .orElseThrow(() -> invalid("Request must specify path.")));
        byte[] content = request.body().readUpTo(MAX_UI_UPLOAD_BYTES + 1);
        if (content.length > MAX_UI_UPLOAD_BYTES) {
            throw invalid("Artifact size is too large. Max size is 10MB.");
        }
        if (content.length == 0) {
            throw invalid("Request must specify data.");
        }
        artifacts.writeRunArtifact(runId, path, new ByteArrayInputStream(content), content.length);
        return Response.json(200, new byte[0]); // as MLflow, whose pages do not read it
    }

    private static ArtifactPath requirePath(Request request, String parameter) {
        return ArtifactPath.of(request.queryParameter(parameter)
                .filter(p -> !p.isEmpty())
                .orElseThrow(() -> missingParameter(parameter)));
    }

    private static RuntimeException missingParameter(String parameter) {
        return invalid(
                "Missing value for required parameter '%s'. See the API docs for more information about request parameters.",
                parameter);
    }
}
