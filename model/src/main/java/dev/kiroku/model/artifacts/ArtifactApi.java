package dev.kiroku.model.artifacts;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.ARTIFACT;
import static dev.kiroku.model.api.ResourceType.LOGGED_MODEL;
import static dev.kiroku.model.api.ResourceType.RUN;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The operations on artifacts that are answered in JSON; those that carry an artifact's bytes are routes of the server. */
public final class ArtifactApi {
    private ArtifactApi() {}

    public record ListArtifactsRequest(
            @Required(alias = "run_uuid") String runId, String path, String pageToken) {}

    public record ListArtifactsResponse(String rootUri, List<FileInfo> files, String nextPageToken) {}

    /** @param expiration seconds */
    public record PresignedDownloadUrlRequest(
            @Required String runId, @Required String path, Long expiration) {}

    /** Of a run or of a logged model. */
    public record PresignedUploadUrlRequest(
            String runId, @Required String path, Long expiration, String modelId) {}

    public record PresignedUrlResponse(String presignedUrl, Long fileSize) {}

    public record ListProxiedArtifactsRequest(String path) {}

    public record ListProxiedArtifactsResponse(List<FileInfo> files) {}

    public record CreateMultipartUploadRequest(
            @Required String artifactPath, @Required String path, Long numParts) {}

    public record CreateMultipartUploadResponse(String uploadId, List<MultipartUploadCredential> credentials) {}

    public record MultipartUploadCredential(String url, Long partNumber) {}

    public record CompleteMultipartUploadRequest(
            @Required String artifactPath,
            @Required String path,
            @Required String uploadId,
            List<MultipartUploadPart> parts) {}

    public record MultipartUploadPart(Long partNumber, String etag, String url) {}

    public record AbortMultipartUploadRequest(
            @Required String artifactPath,
            @Required String path,
            @Required String uploadId) {}

    public record ProxiedDownloadUrlRequest(@Required String artifactPath) {}

    public record ProxiedDownloadUrlResponse(String url, Long fileSize) {}

    private static final String RUNS = "/2.0/mlflow/artifacts/";
    private static final String PROXIED = "/2.0/mlflow-artifacts/";

    public static final Endpoint<ListArtifactsRequest, ListArtifactsResponse> LIST =
            endpoint(GET, RUNS + "list", ListArtifactsRequest.class, ListArtifactsResponse.class, RUN.read("run_id"));
    public static final Endpoint<PresignedDownloadUrlRequest, PresignedUrlResponse> PRESIGNED_DOWNLOAD_URL = endpoint(
            POST,
            RUNS + "presigned-download-url",
            PresignedDownloadUrlRequest.class,
            PresignedUrlResponse.class,
            RUN.read("run_id"));
    public static final Endpoint<PresignedUploadUrlRequest, PresignedUrlResponse> PRESIGNED_UPLOAD_URL = endpoint(
            POST,
            RUNS + "presigned-upload-url",
            PresignedUploadUrlRequest.class,
            PresignedUrlResponse.class,
            RUN.update("run_id"),
            LOGGED_MODEL.update("model_id"));
    public static final Endpoint<ListProxiedArtifactsRequest, ListProxiedArtifactsResponse> LIST_PROXIED = endpoint(
            GET,
            PROXIED + "artifacts",
            ListProxiedArtifactsRequest.class,
            ListProxiedArtifactsResponse.class,
            ARTIFACT.read("path"));
    public static final Endpoint<CreateMultipartUploadRequest, CreateMultipartUploadResponse> CREATE_MULTIPART_UPLOAD =
            endpoint(
                    POST,
                    PROXIED + "mpu/create/{artifact_path...}",
                    CreateMultipartUploadRequest.class,
                    CreateMultipartUploadResponse.class,
                    ARTIFACT.update("artifact_path"));
    public static final Endpoint<CompleteMultipartUploadRequest, Empty> COMPLETE_MULTIPART_UPLOAD = endpoint(
            POST,
            PROXIED + "mpu/complete/{artifact_path...}",
            CompleteMultipartUploadRequest.class,
            Empty.class,
            ARTIFACT.update("artifact_path"));
    public static final Endpoint<AbortMultipartUploadRequest, Empty> ABORT_MULTIPART_UPLOAD = endpoint(
            POST,
            PROXIED + "mpu/abort/{artifact_path...}",
            AbortMultipartUploadRequest.class,
            Empty.class,
            ARTIFACT.update("artifact_path"));
    public static final Endpoint<ProxiedDownloadUrlRequest, ProxiedDownloadUrlResponse> PROXIED_DOWNLOAD_URL = endpoint(
            GET,
            PROXIED + "presigned/{artifact_path...}",
            ProxiedDownloadUrlRequest.class,
            ProxiedDownloadUrlResponse.class,
            ARTIFACT.read("artifact_path"));
}
