package dev.kiroku.model.artifacts;

import static dev.kiroku.model.api.Endpoint.Permission.EDIT_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.READ_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
import static dev.kiroku.model.api.Endpoint.read;
import static dev.kiroku.model.api.Endpoint.write;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on artifacts that are answered in JSON; those that carry an artifact's bytes are routes of the server. */
public final class ArtifactApi {
    private ArtifactApi() {}

    public record OfRun(@Required(orElse = "run_uuid") String runId, String path, String pageToken) {}

    public record Listing(String rootUri, List<FileInfo> files, String nextPageToken) {}

    /** @param expiration seconds */
    public record DownloadUrl(
            @Required String runId, @Required String path, Long expiration) {}

    /** Of a run or of a logged model. */
    public record UploadUrl(String runId, @Required String path, Long expiration, String modelId) {}

    public record SignedUrl(String presignedUrl, Long fileSize) {}

    public record Served(String path) {}

    public record ServedFiles(List<FileInfo> files) {}

    public record BeginUpload(
            @Required String artifactPath, @Required String path, Long numParts) {}

    public record Upload(String uploadId, List<Credential> credentials) {}

    public record Credential(String url, Long partNumber) {}

    public record CompleteUpload(
            @Required String artifactPath,
            @Required String path,
            @Required String uploadId,
            List<Part> parts) {}

    public record Part(Long partNumber, String etag, String url) {}

    public record AbortUpload(
            @Required String artifactPath,
            @Required String path,
            @Required String uploadId) {}

    public record ServedUrl(@Required String artifactPath) {}

    public record Presigned(String url, Long fileSize) {}

    private static final String RUNS = "/2.0/mlflow/artifacts/";
    private static final String SERVED = "/2.0/mlflow-artifacts/";

    public static final Endpoint<OfRun, Listing> LIST =
            read(GET, RUNS + "list", OfRun.class, Listing.class, READ_EXPERIMENT);
    public static final Endpoint<DownloadUrl, SignedUrl> DOWNLOAD_URL =
            read(POST, RUNS + "presigned-download-url", DownloadUrl.class, SignedUrl.class, READ_EXPERIMENT);
    public static final Endpoint<UploadUrl, SignedUrl> UPLOAD_URL =
            write(POST, RUNS + "presigned-upload-url", UploadUrl.class, SignedUrl.class, EDIT_EXPERIMENT);
    public static final Endpoint<Served, ServedFiles> LIST_SERVED =
            read(GET, SERVED + "artifacts", Served.class, ServedFiles.class, READ_EXPERIMENT);
    public static final Endpoint<BeginUpload, Upload> BEGIN_UPLOAD =
            write(POST, SERVED + "mpu/create/{artifact_path...}", BeginUpload.class, Upload.class, EDIT_EXPERIMENT);
    public static final Endpoint<CompleteUpload, Empty> COMPLETE_UPLOAD =
            write(POST, SERVED + "mpu/complete/{artifact_path...}", CompleteUpload.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<AbortUpload, Empty> ABORT_UPLOAD =
            write(POST, SERVED + "mpu/abort/{artifact_path...}", AbortUpload.class, Empty.class, EDIT_EXPERIMENT);
    public static final Endpoint<ServedUrl, Presigned> PRESIGNED =
            read(GET, SERVED + "presigned/{artifact_path...}", ServedUrl.class, Presigned.class, READ_EXPERIMENT);
}
