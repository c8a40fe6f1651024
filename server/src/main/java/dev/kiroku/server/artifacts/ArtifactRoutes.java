package dev.kiroku.server.artifacts;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.Artifacts;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.model.api.ResourceType;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The routes that carry artifacts' bytes. They stream: memory does not grow with a file. */
public final class ArtifactRoutes {
    private static final String PROXY_PATH = "/api/2.0/mlflow-artifacts/artifacts/{path...}";
    /** Whatever a file says, its page is alone in the world: no scripts, no origin, no requests. */
    private static final String SANDBOX_POLICY =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    /** As MLflow limits what its pages upload. */
    private static final int MAX_UI_UPLOAD_BYTES = 10 << 20;

    private final Artifacts artifacts;
    private final BiFunction<String, String, String> versionSource;

    /** @param versionSource gives the artifact URI of a registered model's version, by name and version */
    public ArtifactRoutes(Artifacts artifacts, BiFunction<String, String, String> versionSource) {
        this.artifacts = artifacts;
        this.versionSource = versionSource;
    }

    /** What is reached by {@code mlflow-artifacts:/}. */
    public List<Route> proxyRoutes() {
        return List.of(
                new Route(
                        HttpMethod.GET,
                        PROXY_PATH,
                        ResourceType.ARTIFACT.read("path"),
                        r -> sendFile(artifacts.getProxied(pathVariable(r)), r)),
                new Route(HttpMethod.PUT, PROXY_PATH, ResourceType.ARTIFACT.update("path"), this::upload),
                new Route(HttpMethod.DELETE, PROXY_PATH, ResourceType.ARTIFACT.delete("path"), this::delete));
    }

    /** What is reached by the run or the model it belongs to. */
    public List<Route> recordRoutes() {
        return List.of(
                new Route(HttpMethod.GET, "/get-artifact", ResourceType.RUN.read("run_id"), this::downloadRunArtifact),
                new Route(
                        HttpMethod.GET,
                        "/model-versions/get-artifact",
                        ResourceType.MODEL_VERSION.read("name", "version"),
                        this::downloadModelVersionArtifact),
                new Route(
                        HttpMethod.POST,
                        "/api/2.0/mlflow/upload-artifact",
                        ResourceType.RUN.update("run_uuid"),
                        this::uploadRunArtifact),
                new Route(
                        HttpMethod.GET,
                        "/api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
                        ResourceType.LOGGED_MODEL.read("model_id"),
                        this::downloadLoggedModelArtifact));
    }

    private static ArtifactPath pathVariable(Request request) {
        return ArtifactPath.of(request.variables().get("path"));
    }

    private Response upload(Request request) throws IOException {
        if (request.variables().get("path").endsWith("/")) {
            throw invalid("Artifact path must include a filename (cannot end with '/').");
        }
        artifacts.writeProxied(pathVariable(request), request.body(), request.contentLength());
        return Response.empty(200);
    }

    private Response delete(Request request) {
        artifacts.deleteProxied(pathVariable(request));
        return Response.json(200, new byte[] {'{', '}'});
    }

    private Response downloadRunArtifact(Request request) {
        String runId = request.queryParameter("run_id")
                .or(() -> request.queryParameter("run_uuid"))
                .orElseThrow(() -> missingParameter("run_id"));
        return sendFile(artifacts.getRunArtifact(runId, requirePath(request, "path")), request);
    }

    private Response downloadModelVersionArtifact(Request request) {
        String name = request.queryParameter("name").orElseThrow(() -> missingParameter("name"));
        String version = request.queryParameter("version").orElseThrow(() -> missingParameter("version"));
        ArtifactPath path = requirePath(request, "path");
        return sendFile(artifacts.getArtifact(versionSource.apply(name, version), path), request);
    }

    private Response downloadLoggedModelArtifact(Request request) {
        return sendFile(
                artifacts.getModelArtifact(
                        request.variables().get("model_id"), requirePath(request, "artifact_file_path")),
                request);
    }

    private Response uploadRunArtifact(Request request) throws IOException {
        String runId = request.queryParameter("run_uuid")
                .filter(id -> !id.isEmpty())
                .orElseThrow(() -> invalid("Request must specify run_uuid."));
        ArtifactPath path = ArtifactPath.of(request.queryParameter("path")
                .filter(p -> !p.isEmpty())
                .orElseThrow(() -> invalid("Request must specify path.")));
        byte[] content = request.body().readNBytes(MAX_UI_UPLOAD_BYTES + 1);
        if (content.length > MAX_UI_UPLOAD_BYTES) {
            throw invalid("Artifact size is too large. Max size is 10MB.");
        }
        if (content.length == 0) {
            throw invalid("Request must specify data.");
        }
        artifacts.writeRunArtifact(runId, path, new ByteArrayInputStream(content), content.length);
        return Response.json(200, new byte[] {'{', '}'});
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

    private static Response sendFile(Artifacts.ArtifactDownload file, Request request) {
        ArtifactStore.Stat stat = file.stat();
        String etag = "\"" + stat.etag() + "\"";
        String name = file.path().name();
        if (request.header("If-None-Match")
                .filter(known -> known.equals("*") || known.contains(etag))
                .isPresent()) {
            return Response.empty(304).withHeader("ETag", etag);
        }
        // A range of a file that has changed since the client saw its first part would be of no use.
        boolean same = request.header("If-Range").map(etag::equals).orElse(true);
        Optional<ByteRange> range =
                request.header("Range").filter(r -> same).flatMap(r -> ByteRange.parse(r, stat.size()));
        if (range.filter(ByteRange.UNSATISFIABLE::equals).isPresent()) {
            return Response.text(416, "text/plain; charset=utf-8", "The file has " + stat.size() + " bytes.")
                    .withHeader("Content-Range", "bytes */" + stat.size());
        }
        ByteRange part = range.orElse(new ByteRange(0, stat.size()));
        Response reply =
                Response.stream(range.isPresent() ? 206 : 200, ContentTypes.forFileName(name), part.length(), out -> {
                    try (InputStream in = file.read(part.offset(), part.length())) {
                        in.transferTo(out);
                    }
                });
        if (range.isPresent()) {
            reply = reply.withHeader(
                    "Content-Range",
                    "bytes " + part.offset() + "-" + (part.offset() + part.length() - 1) + "/" + stat.size());
        }
        return reply.withHeader("ETag", etag)
                .withHeader("Accept-Ranges", "bytes")
                .withHeader("Content-Disposition", ContentDisposition.attachment(name))
                .withHeader("Content-Security-Policy", SANDBOX_POLICY);
    }
}
