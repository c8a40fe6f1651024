package dev.kiroku.server.artifacts;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.Artifacts;
import dev.kiroku.model.api.Endpoint.Permission;
import dev.kiroku.model.api.Endpoint.Verb;
import dev.kiroku.server.Route;
import dev.kiroku.server.http.Reply;
import dev.kiroku.server.http.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The routes that carry artifacts' bytes. They stream: memory does not grow with a file. */
public final class ArtifactRoutes {
    private static final String SERVED = "/api/2.0/mlflow-artifacts/artifacts/{path...}";
    /** Whatever a file says, its page is alone in the world: no scripts, no origin, no requests. */
    private static final String SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    /** As MLflow limits what its pages upload. */
    private static final int MAX_PAGE_UPLOAD = 10 << 20;

    private final Artifacts artifacts;
    private final BiFunction<String, String, String> versionSource;

    /** @param versionSource gives the artifact URI of a registered model's version, by name and version */
    public ArtifactRoutes(Artifacts artifacts, BiFunction<String, String, String> versionSource) {
        this.artifacts = artifacts;
        this.versionSource = versionSource;
    }

    /** What is reached by {@code mlflow-artifacts:/}. */
    public List<Route> served() {
        return List.of(
                new Route(Verb.GET, SERVED, Permission.READ_EXPERIMENT, r -> send(artifacts.served(path(r)), r)),
                new Route(Verb.PUT, SERVED, Permission.EDIT_EXPERIMENT, this::upload),
                new Route(Verb.DELETE, SERVED, Permission.EDIT_EXPERIMENT, this::delete));
    }

    /** What is reached by the run or the model it belongs to. */
    public List<Route> ofRecords() {
        return List.of(
                new Route(Verb.GET, "/get-artifact", Permission.READ_EXPERIMENT, this::ofRun),
                new Route(Verb.GET, "/model-versions/get-artifact", Permission.READ_MODEL, this::ofModelVersion),
                new Route(
                        Verb.POST, "/api/2.0/mlflow/upload-artifact", Permission.EDIT_EXPERIMENT, this::uploadFromPage),
                new Route(
                        Verb.GET,
                        "/api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
                        Permission.READ_EXPERIMENT,
                        this::ofLoggedModel));
    }

    private static ArtifactPath path(Request request) {
        return ArtifactPath.of(request.variables().get("path"));
    }

    private Reply upload(Request request) throws IOException {
        if (request.variables().get("path").endsWith("/")) {
            throw invalid("Artifact path must include a filename (cannot end with '/').");
        }
        artifacts.writeServed(path(request), request.body(), request.contentLength());
        return Reply.empty(200);
    }

    private Reply delete(Request request) {
        artifacts.deleteServed(path(request));
        return Reply.json(200, new byte[] {'{', '}'});
    }

    private Reply ofRun(Request request) {
        String runId = request.parameter("run_id")
                .or(() -> request.parameter("run_uuid"))
                .orElseThrow(() -> missing("run_id"));
        return send(artifacts.ofRun(runId, asked(request, "path")), request);
    }

    private Reply ofModelVersion(Request request) {
        String name = request.parameter("name").orElseThrow(() -> missing("name"));
        String version = request.parameter("version").orElseThrow(() -> missing("version"));
        ArtifactPath path = asked(request, "path");
        return send(artifacts.at(versionSource.apply(name, version), path), request);
    }

    private Reply ofLoggedModel(Request request) {
        return send(
                artifacts.ofModel(request.variables().get("model_id"), asked(request, "artifact_file_path")), request);
    }

    private Reply uploadFromPage(Request request) throws IOException {
        String runId = request.parameter("run_uuid")
                .filter(id -> !id.isEmpty())
                .orElseThrow(() -> invalid("Request must specify run_uuid."));
        ArtifactPath path = ArtifactPath.of(request.parameter("path")
                .filter(p -> !p.isEmpty())
                .orElseThrow(() -> invalid("Request must specify path.")));
        byte[] content = request.body().readNBytes(MAX_PAGE_UPLOAD + 1);
        if (content.length > MAX_PAGE_UPLOAD) {
            throw invalid("Artifact size is too large. Max size is 10MB.");
        }
        if (content.length == 0) {
            throw invalid("Request must specify data.");
        }
        artifacts.writeOfRun(runId, path, new ByteArrayInputStream(content), content.length);
        return Reply.json(200, new byte[] {'{', '}'});
    }

    private static ArtifactPath asked(Request request, String parameter) {
        return ArtifactPath.of(
                request.parameter(parameter).filter(p -> !p.isEmpty()).orElseThrow(() -> missing(parameter)));
    }

    private static RuntimeException missing(String parameter) {
        return invalid(
                "Missing value for required parameter '%s'. See the API docs for more information about request parameters.",
                parameter);
    }

    private static Reply send(Artifacts.Download file, Request request) {
        ArtifactStore.Stat stat = file.stat();
        String etag = "\"" + stat.etag() + "\"";
        String name = file.path().name();
        if (request.header("If-None-Match")
                .filter(known -> known.equals("*") || known.contains(etag))
                .isPresent()) {
            return Reply.empty(304).with("ETag", etag);
        }
        // A range of a file that has changed since the client saw its first part would be of no use.
        boolean same = request.header("If-Range").map(etag::equals).orElse(true);
        Optional<ByteRange> range =
                request.header("Range").filter(r -> same).flatMap(r -> ByteRange.parse(r, stat.size()));
        if (range.filter(ByteRange.UNSATISFIABLE::equals).isPresent()) {
            return Reply.text(416, "text/plain; charset=utf-8", "The file has " + stat.size() + " bytes.")
                    .with("Content-Range", "bytes */" + stat.size());
        }
        ByteRange part = range.orElse(new ByteRange(0, stat.size()));
        Reply reply = Reply.stream(range.isPresent() ? 206 : 200, ContentTypes.of(name), part.length(), out -> {
            try (InputStream in = file.read(part.offset(), part.length())) {
                in.transferTo(out);
            }
        });
        if (range.isPresent()) {
            reply = reply.with(
                    "Content-Range",
                    "bytes " + part.offset() + "-" + (part.offset() + part.length() - 1) + "/" + stat.size());
        }
        return reply.with("ETag", etag)
                .with("Accept-Ranges", "bytes")
                .with("Content-Disposition", Attachment.disposition(name))
                .with("Content-Security-Policy", SANDBOX);
    }
}
