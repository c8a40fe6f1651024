package dev.kiroku.core.artifacts;

import static dev.kiroku.core.artifacts.StoreOperations.callStore;
import static dev.kiroku.core.artifacts.StoreOperations.requireDirectAccess;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.isNullOrEmpty;

import dev.kiroku.core.artifacts.DirectAccess.SignedRequest;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import dev.kiroku.model.tracking.LoggedModelApi;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Artifacts of runs, logged models and model versions, by their path below the artifact location of each. */
public final class Artifacts {
    /** The longest validity that object stores sign. */
    private static final Duration MAX_VALIDITY = Duration.ofDays(7);

    private final ArtifactStores stores;
    private final RunStore runs;
    private final LoggedModelStore models;
    private final Duration urlValidity;

    /**
     * Creates the operations.
     *
     * @param stores opens the locations of artifacts
     * @param urlValidity how long a signed URL is valid if the request does not say
     */
    public Artifacts(ArtifactStores stores, RunStore runs, LoggedModelStore models, Duration urlValidity) {
        this.stores = stores;
        this.runs = runs;
        this.models = models;
        this.urlValidity = urlValidity;
    }

    /** Returns the entries of a folder of a run, with paths relative to the run's artifact location. */
    public ArtifactApi.ListArtifactsResponse listRunArtifacts(ArtifactApi.ListArtifactsRequest request) {
        String root = runLocation(request.runId());
        return new ArtifactApi.ListArtifactsResponse(root, list(root, ArtifactPath.of(request.path())), null);
    }

    /** Returns the entries of a folder of a logged model, with paths relative to the model's artifact location. */
    public LoggedModelApi.ListLoggedModelArtifactsResponse listModelArtifacts(
            LoggedModelApi.ListLoggedModelArtifactsRequest request) {
        String root = modelLocation(request.modelId());
        return new LoggedModelApi.ListLoggedModelArtifactsResponse(
                root, list(root, ArtifactPath.of(request.artifactDirectoryPath())), null);
    }

    private List<FileInfo> list(String root, ArtifactPath folder) {
        var location = stores.resolve(root);
        int prefix = location.path().isRoot() ? 0 : location.path().value().length() + 1;
        return StoreOperations.list(location.store(), location.path().resolve(folder)).stream()
                .map(f -> new FileInfo(f.path().substring(prefix), f.isDir(), f.fileSize()))
                .toList();
    }

    /** Returns a file of a run; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    public ArtifactDownload getRunArtifact(String runId, ArtifactPath path) {
        return getArtifact(runLocation(runId), path);
    }

    /** Returns a file of a logged model; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    public ArtifactDownload getModelArtifact(String modelId, ArtifactPath path) {
        return getArtifact(modelLocation(modelId), path);
    }

    /**
     * Returns a file below an artifact location; throws RESOURCE_DOES_NOT_EXIST if there is none.
     *
     * @param root the artifact location of a run or a model version, as the tracking store or the registry records it
     */
    public ArtifactDownload getArtifact(String root, ArtifactPath path) {
        var location = stores.resolve(root).resolve(path);
        return ArtifactDownload.of(location.store(), location.path());
    }

    /** Returns a URL at which the client reads a file of a logged model from the store. */
    public ArtifactApi.ProxiedDownloadUrlResponse signModelDownload(String modelId, ArtifactPath path) {
        return signDownload(modelLocation(modelId), path);
    }

    /**
     * Returns a URL at which the client reads a file below an artifact location from the store.
     *
     * @param root as in {@link #getArtifact}
     */
    public ArtifactApi.ProxiedDownloadUrlResponse signDownload(String root, ArtifactPath path) {
        var location = stores.resolve(root).resolve(path);
        return ArtifactDownload.sign(location.store(), location.path(), urlValidity);
    }

    /**
     * Writes a file of a run that a client uploads.
     *
     * @param length the number of bytes that the client announced, or -1
     * @throws IOException if the upload ended early or its connection broke
     */
    public void writeRunArtifact(String runId, ArtifactPath path, InputStream content, long length) throws IOException {
        var location = stores.resolve(runLocation(runId)).resolve(path);
        StoreOperations.write(location.store(), location.path(), content, length);
    }

    /** Returns a URL at which the client reads a file of a run from the store. */
    public ArtifactApi.PresignedUrlResponse createDownloadUrl(ArtifactApi.PresignedDownloadUrlRequest request) {
        var location = resolveDirect(runLocation(request.runId()), request.path());
        Duration validity = requireValidity(request.expiration());
        ArtifactDownload file = ArtifactDownload.of(location.store(), location.path());
        DirectAccess access = requireDirectAccess(location.store(), "Presigned download");
        SignedRequest signed = callStore(() -> access.signDownload(location.path(), validity));
        return new ArtifactApi.PresignedUrlResponse(
                signed.url(), signed.headers(), file.stat().size());
    }

    /** Returns a URL at which the client writes a file of a run or of a logged model to the store. */
    public ArtifactApi.PresignedUrlResponse createUploadUrl(ArtifactApi.PresignedUploadUrlRequest request) {
        var location = resolveDirect(uploadLocation(request.runId(), request.modelId()), request.path());
        Duration validity = requireValidity(request.expiration());
        DirectAccess access = requireDirectAccess(location.store(), "Presigned upload");
        SignedRequest signed = callStore(() -> access.signUpload(location.path(), validity));
        return new ArtifactApi.PresignedUrlResponse(signed.url(), signed.headers(), null);
    }

    private String uploadLocation(@Nullable String runId, @Nullable String modelId) {
        if (runId != null && !runId.isEmpty() && isNullOrEmpty(modelId)) {
            return runLocation(runId);
        }
        if (modelId != null && !modelId.isEmpty() && isNullOrEmpty(runId)) {
            return modelLocation(modelId);
        }
        throw invalid("Exactly one of run_id and model_id must be provided.");
    }

    private String runLocation(String runId) {
        return runs.get(runId).info().artifactUri();
    }

    private String modelLocation(String modelId) {
        return models.get(modelId, false).info().artifactUri();
    }

    private ArtifactStores.Location resolveDirect(String root, String path) {
        ArtifactPath relative = ArtifactPath.of(path);
        if (root.startsWith("mlflow-artifacts:")) {
            throw invalid(
                    "Artifacts with a URI of mlflow-artifacts: go through this server and have no presigned URLs; read and write them with "
                            + "mlflow-artifacts/artifacts.");
        }
        return stores.resolve(root).resolve(relative);
    }

    /** @param seconds null for the default */
    private Duration requireValidity(@Nullable Long seconds) {
        if (seconds == null) {
            return urlValidity;
        }
        if (seconds < 1 || seconds > MAX_VALIDITY.toSeconds()) {
            throw invalid("expiration must be between 1 and %d seconds (got %d).", MAX_VALIDITY.toSeconds(), seconds);
        }
        return Duration.ofSeconds(seconds);
    }
}
