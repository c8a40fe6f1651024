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
    public record Download(ArtifactStore store, ArtifactPath path, ArtifactStore.Stat stat) {
        /** Reads {@code length} bytes from {@code offset} on, both within the file. */
        public InputStream read(long offset, long length) {
            return doing(() -> store.read(path, stat, offset, length));
        }
    }

    public ArtifactApi.Listing list(ArtifactApi.OfRun request) {
        String root = runs.get(request.runId()).info().artifactUri();
        return new ArtifactApi.Listing(root, below(root, ArtifactPath.of(request.path())), null);
    }

    public LoggedModelApi.Listing listOfModel(LoggedModelApi.ListArtifacts request) {
        String root = models.get(request.modelId(), false).info().artifactUri();
        return new LoggedModelApi.Listing(root, below(root, ArtifactPath.of(request.artifactDirectoryPath())), null);
    }

    private List<FileInfo> below(String root, ArtifactPath folder) {
        var place = stores.locate(root);
        int prefix = place.path().isRoot() ? 0 : place.path().value().length() + 1;
        return entries(place.store(), place.path().resolve(folder)).stream()
                .map(f -> new FileInfo(f.path().substring(prefix), f.isDir(), f.fileSize()))
                .toList();
    }

    public ArtifactApi.ServedFiles listServed(ArtifactApi.Served request) {
        return new ArtifactApi.ServedFiles(entries(stores.served(), ArtifactPath.of(request.path())).stream()
                .map(f -> new FileInfo(f.path().substring(f.path().lastIndexOf('/') + 1), f.isDir(), f.fileSize()))
                .toList());
    }

    private static List<FileInfo> entries(ArtifactStore store, ArtifactPath folder) {
        return doing(() -> store.list(folder));
    }

    /** A file below {@code mlflow-artifacts:/}. */
    public Download served(ArtifactPath path) {
        return download(stores.served(), path);
    }

    public Download ofRun(String runId, ArtifactPath path) {
        return at(runs.get(runId).info().artifactUri(), path);
    }

    public Download ofModel(String modelId, ArtifactPath path) {
        return at(models.get(modelId, false).info().artifactUri(), path);
    }

    /** A file below an artifact URI that the store keeps, as of a run or a model version. */
    public Download at(String root, ArtifactPath path) {
        var place = stores.locate(root);
        return download(place.store(), place.path().resolve(path));
    }

    /**
     * Keeps what a client sends as a file below {@code mlflow-artifacts:/}.
     *
     * @param length bytes that must come, or -1 when the client did not say
     * @throws IOException when the client's bytes broke off
     */
    public void writeServed(ArtifactPath path, InputStream content, long length) throws IOException {
        write(stores.served(), path, content, length);
    }

    /** As {@link #writeServed}, for a file of a run. */
    public void writeOfRun(String runId, ArtifactPath path, InputStream content, long length) throws IOException {
        var place = stores.locate(runs.get(runId).info().artifactUri());
        write(place.store(), place.path().resolve(path), content, length);
    }

    private static void write(ArtifactStore store, ArtifactPath path, InputStream content, long length)
            throws IOException {
        Incoming incoming = new Incoming(content, length);
        try {
            store.write(path, incoming, length);
        } catch (IOException e) {
            if (incoming.isBroken()) {
                throw e;
            }
            throw unavailable(e);
        }
    }

    /** Deletes a file or a folder below {@code mlflow-artifacts:/}. */
    public void deleteServed(ArtifactPath path) {
        ArtifactStore store = stores.served();
        doing(() -> {
            store.delete(path);
            return null;
        });
    }

    private static Download download(ArtifactStore store, ArtifactPath path) {
        return doing(() -> store.stat(path))
                .map(stat -> new Download(store, path, stat))
                .orElseThrow(() -> entries(store, path).isEmpty()
                        ? notFound("There is no artifact at '%s'.", path.value())
                        : invalid("The artifact path refers to a directory, not a file: '%s'.", path.value()));
    }

    public ArtifactApi.SignedUrl downloadUrl(ArtifactApi.DownloadUrl request) {
        var place = directPlace(runs.get(request.runId()).info().artifactUri(), request.path());
        Duration validity = validity(request.expiration());
        Download file = download(place.store(), place.path());
        DirectAccess direct = direct(place.store(), "Presigned download");
        return new ArtifactApi.SignedUrl(
                doing(() -> direct.downloadUrl(place.path(), validity)),
                file.stat().size());
    }

    public ArtifactApi.SignedUrl uploadUrl(ArtifactApi.UploadUrl request) {
        boolean ofRun = isGiven(request.runId());
        if (ofRun == isGiven(request.modelId())) {
            throw invalid("Exactly one of run_id and model_id must be provided.");
        }
        String root = ofRun
                ? runs.get(request.runId()).info().artifactUri()
                : models.get(request.modelId(), false).info().artifactUri();
        var place = directPlace(root, request.path());
        Duration validity = validity(request.expiration());
        DirectAccess direct = direct(place.store(), "Presigned upload");
        return new ArtifactApi.SignedUrl(doing(() -> direct.uploadUrl(place.path(), validity)), null);
    }

    private ArtifactStores.Place directPlace(String root, String path) {
        ArtifactPath below = ArtifactPath.of(path);
        if (root.startsWith("mlflow-artifacts:")) {
            throw invalid(
                    "Signed addresses are not for artifacts that go through this server (mlflow-artifacts:); read and write them here.");
        }
        var place = stores.locate(root);
        return new ArtifactStores.Place(place.store(), place.path().resolve(below));
    }

    private static Duration validity(Long seconds) {
        if (seconds == null) {
            return DEFAULT_VALIDITY;
        }
        if (seconds < 1 || seconds > MAX_VALIDITY.toSeconds()) {
            throw invalid("expiration must be between 1 and %d seconds (got %d).", MAX_VALIDITY.toSeconds(), seconds);
        }
        return Duration.ofSeconds(seconds);
    }

    public ArtifactApi.Upload beginUpload(ArtifactApi.BeginUpload request) {
        long parts = request.numParts() == null ? 1 : request.numParts();
        if (parts < 1 || parts > MAX_PARTS) {
            throw invalid(
                    "Invalid value %d for parameter 'num_parts' supplied: it must be between 1 and %d.",
                    parts, MAX_PARTS);
        }
        ArtifactPath file = file(request.artifactPath(), request.path());
        DirectAccess direct = direct(stores.served(), "Multipart upload");
        DirectAccess.Upload upload = doing(() -> direct.beginUpload(file, (int) parts));
        return new ArtifactApi.Upload(
                upload.uploadId(),
                upload.parts().stream()
                        .map(p -> new ArtifactApi.Credential(p.url(), (long) p.number()))
                        .toList());
    }

    public Empty completeUpload(ArtifactApi.CompleteUpload request) {
        ArtifactPath file = file(request.artifactPath(), request.path());
        List<DirectAccess.Sent> parts = request.parts().stream()
                .map(p -> {
                    if (p.partNumber() == null
                            || p.partNumber() < 1
                            || p.partNumber() > MAX_PARTS
                            || !isGiven(p.etag())) {
                        throw invalid(
                                "Every part needs its part_number, from 1 to %d, and the etag that the store answered with.",
                                MAX_PARTS);
                    }
                    return new DirectAccess.Sent(p.partNumber().intValue(), p.etag());
                })
                .toList();
        DirectAccess direct = direct(stores.served(), "Multipart upload");
        return doing(() -> {
            direct.completeUpload(file, request.uploadId(), parts);
            return new Empty();
        });
    }

    public Empty abortUpload(ArtifactApi.AbortUpload request) {
        ArtifactPath file = file(request.artifactPath(), request.path());
        DirectAccess direct = direct(stores.served(), "Multipart upload");
        return doing(() -> {
            direct.abortUpload(file, request.uploadId());
            return new Empty();
        });
    }

    public ArtifactApi.Presigned presigned(ArtifactApi.ServedUrl request) {
        ArtifactPath path = ArtifactPath.of(request.artifactPath());
        ArtifactStore store = stores.served();
        DirectAccess direct = direct(store, "Presigned download");
        Download file = download(store, path);
        return new ArtifactApi.Presigned(
                doing(() -> direct.downloadUrl(path, DEFAULT_VALIDITY)),
                file.stat().size());
    }

    /** The address names the folder; of the body's path, which is one on the client's machine, only the file's name counts. */
    private static ArtifactPath file(String folder, String clientPath) {
        String name = clientPath.substring(clientPath.lastIndexOf('/') + 1);
        if (name.isEmpty()) {
            throw invalid("The path must end with the name of a file.");
        }
        return ArtifactPath.of(folder).resolve(ArtifactPath.of(name));
    }

    /** @param what clients know by how the refusal begins that they must go through this server */
    private static DirectAccess direct(ArtifactStore store, String what) {
        return store.directAccess()
                .orElseThrow(() -> new KirokuException(
                        ErrorCode.NOT_IMPLEMENTED,
                        what + " is not supported for the current artifact repository; go through this server."));
    }

    private static boolean isGiven(String text) {
        return text != null && !text.isEmpty();
    }

    private interface Doing<T> {
        T run() throws IOException;
    }

    private static <T> T doing(Doing<T> what) {
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
