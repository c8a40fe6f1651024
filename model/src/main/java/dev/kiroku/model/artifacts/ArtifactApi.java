package dev.kiroku.model.artifacts;

import static dev.kiroku.model.access.ResourceType.ARTIFACT;
import static dev.kiroku.model.access.ResourceType.LOGGED_MODEL;
import static dev.kiroku.model.access.ResourceType.RUN;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The endpoints on artifacts with JSON bodies. The bytes of artifacts are read and written at routes of the server. */
public final class ArtifactApi {
    private ArtifactApi() {}

    /** @param path the folder; null for the artifact location itself */
    public record ListArtifactsRequest(
            @Required(alias = "run_uuid") String runId,
            @Nullable String path,
            @Nullable String pageToken) {}

    /** @param rootUri the artifact location that the paths are relative to */
    public record ListArtifactsResponse(
            String rootUri, List<FileInfo> files, @Nullable String nextPageToken) {}

    /** @param expiration validity of the URL in seconds; null for 15 minutes */
    public record PresignedDownloadUrlRequest(
            @Required String runId,
            @Required String path,
            @Nullable Long expiration) {}

    /**
     * Exactly one of {@code runId} and {@code modelId} is present.
     *
     * @param expiration validity of the URL in seconds; null for 15 minutes
     */
    public record PresignedUploadUrlRequest(
            @Nullable String runId,
            @Required String path,
            @Nullable Long expiration,
            @Nullable String modelId) {}

    /**
     * The response to both requests for a presigned URL.
     *
     * @param headers what the client has to send with its request, by name
     * @param fileSize in bytes; null for an upload
     */
    public record PresignedUrlResponse(
            String presignedUrl,
            Map<String, String> headers,
            @Nullable Long fileSize) {}

    /** @param path the folder; null for the root */
    public record ListProxiedArtifactsRequest(@Nullable String path) {}

    /** The entries of a folder, with paths relative to it. */
    public record ListProxiedArtifactsResponse(List<FileInfo> files) {}

    /**
     * Begins an upload in parts.
     *
     * @param artifactPath the folder of the file
     * @param path a path on the client's machine, of which the file name counts
     * @param numParts how many parts the client will send; null for one
     */
    public record CreateMultipartUploadRequest(
            @Required String artifactPath,
            @Required String path,
            @Nullable Long numParts) {}

    /** Where the client sends the parts. */
    public record CreateMultipartUploadResponse(String uploadId, List<MultipartUploadCredential> credentials) {}

    /**
     * Where a client sends a part.
     *
     * @param url takes the bytes in a PUT request
     * @param partNumber from 1
     * @param headers what the client has to send with its request, by name
     */
    public record MultipartUploadCredential(String url, Long partNumber, Map<String, String> headers) {}

    /** Makes one file of the parts that the client has sent. */
    public record CompleteMultipartUploadRequest(
            @Required String artifactPath,
            @Required String path,
            @Required String uploadId,
            List<MultipartUploadPart> parts) {}

    /**
     * A part that the client has sent.
     *
     * @param etag the {@code ETag} header of the store's response
     * @param url where the part was sent to
     */
    public record MultipartUploadPart(
            @Nullable Long partNumber,
            @Nullable String etag,
            @Nullable String url) {}

    /** Deletes the parts of an upload that is not completed. */
    public record AbortMultipartUploadRequest(
            @Required String artifactPath,
            @Required String path,
            @Required String uploadId) {}

    /** @param artifactPath the file */
    public record ProxiedDownloadUrlRequest(@Required String artifactPath) {}

    /**
     * A URL at which the client reads the file from the store.
     *
     * @param headers what the client has to send with its request, by name
     * @param fileSize in bytes
     */
    public record ProxiedDownloadUrlResponse(String url, Map<String, String> headers, Long fileSize) {}

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
