package dev.kiroku.core.artifacts;

import static dev.kiroku.core.artifacts.StoreOperations.callStore;
import static dev.kiroku.core.artifacts.StoreOperations.requireDirectAccess;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.isNullOrEmpty;

import dev.kiroku.core.artifacts.DirectAccess.MultipartUploads;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/**
 * Artifacts that clients reach through this server, by their path in the store of {@code mlflow-artifacts:} URIs. All methods throw
 * NOT_IMPLEMENTED if the server does not serve artifacts.
 */
public final class ProxiedArtifacts {
    private static final int MAX_PARTS = 10_000;
    private static final String MULTIPART_UPLOAD = "Multipart upload";

    private final ArtifactStores stores;
    private final Duration urlValidity;

    /**
     * Creates the operations on the store that is served.
     *
     * @param urlValidity how long a signed URL is valid
     */
    public ProxiedArtifacts(ArtifactStores stores, Duration urlValidity) {
        this.stores = stores;
        this.urlValidity = urlValidity;
    }

    /** Returns the entries of a folder, with paths relative to it. */
    public ArtifactApi.ListProxiedArtifactsResponse list(ArtifactApi.ListProxiedArtifactsRequest request) {
        return new ArtifactApi.ListProxiedArtifactsResponse(
                StoreOperations.list(stores.proxied(), ArtifactPath.of(request.path())).stream()
                        .map(f -> new FileInfo(
                                f.path().substring(f.path().lastIndexOf('/') + 1), f.isDir(), f.fileSize()))
                        .toList());
    }

    /** Returns a file; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    public ArtifactDownload get(ArtifactPath path) {
        return ArtifactDownload.of(stores.proxied(), path);
    }

    /**
     * Writes a file that a client uploads.
     *
     * @param length the number of bytes that the client announced, or -1
     * @throws IOException if the upload ended early or its connection broke
     */
    public void write(ArtifactPath path, InputStream content, long length) throws IOException {
        StoreOperations.write(stores.proxied(), path, content, length);
    }

    /** Deletes a file or a folder; does nothing if there is none. */
    public void delete(ArtifactPath path) {
        ArtifactStore store = stores.proxied();
        callStore(() -> {
            store.delete(path);
            return null;
        });
    }

    /** Begins an upload in parts that the client sends to the store. */
    public ArtifactApi.CreateMultipartUploadResponse createMultipartUpload(
            ArtifactApi.CreateMultipartUploadRequest request) {
        long parts = request.numParts() == null ? 1 : request.numParts();
        if (parts < 1 || parts > MAX_PARTS) {
            throw invalid(
                    "Invalid value %d for parameter 'num_parts' supplied: it must be between 1 and %d.",
                    parts, MAX_PARTS);
        }
        ArtifactPath file = uploadPath(request.artifactPath(), request.path());
        MultipartUploads uploads = requireMultipartUploads();
        MultipartUploads.Upload upload = callStore(() -> uploads.create(file, (int) parts));
        return new ArtifactApi.CreateMultipartUploadResponse(
                upload.uploadId(),
                upload.parts().stream().map(ProxiedArtifacts::toCredential).toList());
    }

    private static ArtifactApi.MultipartUploadCredential toCredential(MultipartUploads.Part part) {
        return new ArtifactApi.MultipartUploadCredential(
                part.request().url(), (long) part.number(), part.request().headers());
    }

    /** Makes one file of the parts that the client has sent. */
    public Empty completeMultipartUpload(ArtifactApi.CompleteMultipartUploadRequest request) {
        ArtifactPath file = uploadPath(request.artifactPath(), request.path());
        List<MultipartUploads.UploadedPart> parts =
                request.parts().stream().map(ProxiedArtifacts::toUploadedPart).toList();
        MultipartUploads uploads = requireMultipartUploads();
        return callStore(() -> {
            uploads.complete(file, request.uploadId(), parts);
            return new Empty();
        });
    }

    private static MultipartUploads.UploadedPart toUploadedPart(ArtifactApi.MultipartUploadPart part) {
        boolean identified = !isNullOrEmpty(part.etag()) || !isNullOrEmpty(part.url());
        if (part.partNumber() == null || part.partNumber() < 1 || part.partNumber() > MAX_PARTS || !identified) {
            throw invalid(
                    "Every part needs its part_number, from 1 to %d, and the etag that the store answered with.",
                    MAX_PARTS);
        }
        return new MultipartUploads.UploadedPart(part.partNumber().intValue(), part.etag(), part.url());
    }

    /** Deletes the parts of an upload that is not completed. */
    public Empty abortMultipartUpload(ArtifactApi.AbortMultipartUploadRequest request) {
        ArtifactPath file = uploadPath(request.artifactPath(), request.path());
        MultipartUploads uploads = requireMultipartUploads();
        return callStore(() -> {
            uploads.abort(file, request.uploadId());
            return new Empty();
        });
    }

    /** Returns a URL at which the client reads a file from the store. */
    public ArtifactApi.ProxiedDownloadUrlResponse createDownloadUrl(ArtifactApi.ProxiedDownloadUrlRequest request) {
        ArtifactPath path = ArtifactPath.of(request.artifactPath());
        ArtifactStore store = stores.proxied();
        return ArtifactDownload.sign(store, path, urlValidity);
    }

    private MultipartUploads requireMultipartUploads() {
        return requireDirectAccess(stores.proxied(), MULTIPART_UPLOAD)
                .multipartUploads()
                .orElseThrow(() -> StoreOperations.notSupported(MULTIPART_UPLOAD));
    }

    /**
     * Returns the path of an uploaded file. The URL names the folder; {@code clientPath} is a path on the client's machine, of which only the
     * file name counts; on Windows its separator is a backslash.
     */
    private static ArtifactPath uploadPath(String folder, String clientPath) {
        String name = clientPath.substring(Math.max(clientPath.lastIndexOf('/'), clientPath.lastIndexOf('\\')) + 1);
        if (name.isEmpty()) {
            throw invalid("The path must end with the name of a file.");
        }
        return ArtifactPath.of(folder).resolve(ArtifactPath.of(name));
    }
}
