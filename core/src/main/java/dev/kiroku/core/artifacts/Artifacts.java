package dev.kiroku.core.artifacts;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import dev.kiroku.model.tracking.LoggedModelApi;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/** The operations of {@link ArtifactApi}, and where to find the bytes of those that carry them. */
public final class Artifacts {
    private static final Duration DEFAULT_VALIDITY = Duration.ofMinutes(15);
    /** Object stores sign for a week at the longest. */
    private static final Duration MAX_VALIDITY = Duration.ofDays(7);

    private static final int MAX_PARTS = 10_000;

    private final ArtifactStores stores;
    private final RunStore runs;
    private final LoggedModelStore models;

    public Artifacts(ArtifactStores stores, RunStore runs, LoggedModelStore models) {
        this.stores = stores;
        this.runs = runs;
        this.models = models;
    }

    /** A file as a download needs it. */
    public record ArtifactDownload(ArtifactStore store, ArtifactPath path, ArtifactStore.Stat stat) {
        /** Reads {@code length} bytes from {@code offset} on, both within the file. */
        public InputStream read(long offset, long length) {
            return callStore(() -> store.read(path, stat, offset, length));
        }
    }

    public ArtifactApi.ListArtifactsResponse list(ArtifactApi.ListArtifactsRequest request) {
        String root = runs.get(request.runId()).info().artifactUri();
        return new ArtifactApi.ListArtifactsResponse(root, entriesBelow(root, ArtifactPath.of(request.path())), null);
    }

    public LoggedModelApi.ListLoggedModelArtifactsResponse listModelArtifacts(
            LoggedModelApi.ListLoggedModelArtifactsRequest request) {
        String root = models.get(request.modelId(), false).info().artifactUri();
        return new LoggedModelApi.ListLoggedModelArtifactsResponse(
                root, entriesBelow(root, ArtifactPath.of(request.artifactDirectoryPath())), null);
    }

    private List<FileInfo> entriesBelow(String root, ArtifactPath folder) {
        var place = stores.resolve(root);
        int prefix = place.path().isRoot() ? 0 : place.path().value().length() + 1;
        return entries(place.store(), place.path().resolve(folder)).stream()
                .map(f -> new FileInfo(f.path().substring(prefix), f.isDir(), f.fileSize()))
                .toList();
    }

    public ArtifactApi.ListProxiedArtifactsResponse listProxied(ArtifactApi.ListProxiedArtifactsRequest request) {
        return new ArtifactApi.ListProxiedArtifactsResponse(
                entries(stores.proxied(), ArtifactPath.of(request.path())).stream()
                        .map(f -> new FileInfo(
                                f.path().substring(f.path().lastIndexOf('/') + 1), f.isDir(), f.fileSize()))
                        .toList());
    }

    private static List<FileInfo> entries(ArtifactStore store, ArtifactPath folder) {
        return callStore(() -> store.list(folder));
    }

    /** A file below {@code mlflow-artifacts:/}. */
    public ArtifactDownload getProxied(ArtifactPath path) {
        return getDownload(stores.proxied(), path);
    }

    public ArtifactDownload getRunArtifact(String runId, ArtifactPath path) {
        return getArtifact(runs.get(runId).info().artifactUri(), path);
    }

    public ArtifactDownload getModelArtifact(String modelId, ArtifactPath path) {
        return getArtifact(models.get(modelId, false).info().artifactUri(), path);
    }

    /** A file below an artifact URI that the store keeps, as of a run or a model version. */
    public ArtifactDownload getArtifact(String root, ArtifactPath path) {
        var place = stores.resolve(root);
        return getDownload(place.store(), place.path().resolve(path));
    }

    /**
     * Keeps what a client sends as a file below {@code mlflow-artifacts:/}.
     *
     * @param length bytes that must come, or -1 when the client did not say
     * @throws IOException when the client's bytes broke off
     */
    public void writeProxied(ArtifactPath path, InputStream content, long length) throws IOException {
        write(stores.proxied(), path, content, length);
    }

    /** As {@link #writeProxied}, for a file of a run. */
    public void writeRunArtifact(String runId, ArtifactPath path, InputStream content, long length) throws IOException {
        var place = stores.resolve(runs.get(runId).info().artifactUri());
        write(place.store(), place.path().resolve(path), content, length);
    }

    private static void write(ArtifactStore store, ArtifactPath path, InputStream content, long length)
            throws IOException {
        UploadInputStream incoming = new UploadInputStream(content, length);
        try {
            store.write(path, incoming, length);
        } catch (IOException e) {
            if (incoming.hasClientFailed()) {
                throw e;
            }
            throw unavailable(e);
        }
    }

    /** Deletes a file or a folder below {@code mlflow-artifacts:/}. */
    public void deleteProxied(ArtifactPath path) {
        ArtifactStore store = stores.proxied();
        callStore(() -> {
            store.delete(path);
            return null;
        });
    }

    private static ArtifactDownload getDownload(ArtifactStore store, ArtifactPath path) {
        return callStore(() -> store.stat(path))
                .map(stat -> new ArtifactDownload(store, path, stat))
                .orElseThrow(() -> entries(store, path).isEmpty()
                        ? notFound("There is no artifact at '%s'.", path.value())
                        : invalid("The artifact path refers to a directory, not a file: '%s'.", path.value()));
    }

    public ArtifactApi.PresignedUrlResponse createDownloadUrl(ArtifactApi.PresignedDownloadUrlRequest request) {
        var place = resolveDirect(runs.get(request.runId()).info().artifactUri(), request.path());
        Duration validity = requireValidity(request.expiration());
        ArtifactDownload file = getDownload(place.store(), place.path());
        DirectAccess direct = requireDirectAccess(place.store(), "Presigned download");
        return new ArtifactApi.PresignedUrlResponse(
                callStore(() -> direct.downloadUrl(place.path(), validity)),
                file.stat().size());
    }

    public ArtifactApi.PresignedUrlResponse createUploadUrl(ArtifactApi.PresignedUploadUrlRequest request) {
        boolean ofRun = hasText(request.runId());
        if (ofRun == hasText(request.modelId())) {
            throw invalid("Exactly one of run_id and model_id must be provided.");
        }
        String root = ofRun
                ? runs.get(request.runId()).info().artifactUri()
                : models.get(request.modelId(), false).info().artifactUri();
        var place = resolveDirect(root, request.path());
        Duration validity = requireValidity(request.expiration());
        DirectAccess direct = requireDirectAccess(place.store(), "Presigned upload");
        return new ArtifactApi.PresignedUrlResponse(callStore(() -> direct.uploadUrl(place.path(), validity)), null);
    }

    private ArtifactStores.Location resolveDirect(String root, String path) {
        ArtifactPath below = ArtifactPath.of(path);
        if (root.startsWith("mlflow-artifacts:")) {
            throw invalid(
                    "Signed addresses are not for artifacts that go through this server (mlflow-artifacts:); read and write them here.");
        }
        var place = stores.resolve(root);
        return new ArtifactStores.Location(place.store(), place.path().resolve(below));
    }

    private static Duration requireValidity(Long seconds) {
        if (seconds == null) {
            return DEFAULT_VALIDITY;
        }
        if (seconds < 1 || seconds > MAX_VALIDITY.toSeconds()) {
            throw invalid("expiration must be between 1 and %d seconds (got %d).", MAX_VALIDITY.toSeconds(), seconds);
        }
        return Duration.ofSeconds(seconds);
    }

    public ArtifactApi.CreateMultipartUploadResponse createMultipartUpload(
            ArtifactApi.CreateMultipartUploadRequest request) {
        long parts = request.numParts() == null ? 1 : request.numParts();
        if (parts < 1 || parts > MAX_PARTS) {
            throw invalid(
                    "Invalid value %d for parameter 'num_parts' supplied: it must be between 1 and %d.",
                    parts, MAX_PARTS);
        }
        ArtifactPath file = uploadPath(request.artifactPath(), request.path());
        DirectAccess direct = requireDirectAccess(stores.proxied(), "Multipart upload");
        DirectAccess.MultipartUpload upload = callStore(() -> direct.createMultipartUpload(file, (int) parts));
        return new ArtifactApi.CreateMultipartUploadResponse(
                upload.uploadId(),
                upload.parts().stream()
                        .map(p -> new ArtifactApi.MultipartUploadCredential(p.url(), (long) p.number()))
                        .toList());
    }

    public Empty completeMultipartUpload(ArtifactApi.CompleteMultipartUploadRequest request) {
        ArtifactPath file = uploadPath(request.artifactPath(), request.path());
        List<DirectAccess.UploadedPart> parts = request.parts().stream()
                .map(p -> {
                    if (p.partNumber() == null
                            || p.partNumber() < 1
                            || p.partNumber() > MAX_PARTS
                            || !hasText(p.etag())) {
                        throw invalid(
                                "Every part needs its part_number, from 1 to %d, and the etag that the store answered with.",
                                MAX_PARTS);
                    }
                    return new DirectAccess.UploadedPart(p.partNumber().intValue(), p.etag());
                })
                .toList();
        DirectAccess direct = requireDirectAccess(stores.proxied(), "Multipart upload");
        return callStore(() -> {
            direct.completeMultipartUpload(file, request.uploadId(), parts);
            return new Empty();
        });
    }

    public Empty abortMultipartUpload(ArtifactApi.AbortMultipartUploadRequest request) {
        ArtifactPath file = uploadPath(request.artifactPath(), request.path());
        DirectAccess direct = requireDirectAccess(stores.proxied(), "Multipart upload");
        return callStore(() -> {
            direct.abortMultipartUpload(file, request.uploadId());
            return new Empty();
        });
    }

    public ArtifactApi.ProxiedDownloadUrlResponse createProxiedDownloadUrl(
            ArtifactApi.ProxiedDownloadUrlRequest request) {
        ArtifactPath path = ArtifactPath.of(request.artifactPath());
        ArtifactStore store = stores.proxied();
        DirectAccess direct = requireDirectAccess(store, "Presigned download");
        ArtifactDownload file = getDownload(store, path);
        return new ArtifactApi.ProxiedDownloadUrlResponse(
                callStore(() -> direct.downloadUrl(path, DEFAULT_VALIDITY)),
                file.stat().size());
    }

    /** The address names the folder; of the body's path, which is one on the client's machine, only the file's name counts. */
    private static ArtifactPath uploadPath(String folder, String clientPath) {
        String name = clientPath.substring(clientPath.lastIndexOf('/') + 1);
        if (name.isEmpty()) {
            throw invalid("The path must end with the name of a file.");
        }
        return ArtifactPath.of(folder).resolve(ArtifactPath.of(name));
    }

    /** @param what clients know by how the refusal begins that they must go through this server */
    private static DirectAccess requireDirectAccess(ArtifactStore store, String what) {
        return store.directAccess()
                .orElseThrow(() -> new KirokuException(
                        ErrorCode.NOT_IMPLEMENTED,
                        what + " is not supported for the current artifact repository; go through this server."));
    }

    private static boolean hasText(String text) {
        return text != null && !text.isEmpty();
    }

    private interface StoreCall<T> {
        T run() throws IOException;
    }

    private static <T> T callStore(StoreCall<T> what) {
        try {
            return what.run();
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private static KirokuException unavailable(IOException e) {
        return new KirokuException(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                "The artifacts' store cannot be reached or has failed; try again soon.",
                e);
    }
}
