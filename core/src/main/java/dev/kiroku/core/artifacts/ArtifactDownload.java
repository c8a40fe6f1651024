package dev.kiroku.core.artifacts;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.model.artifacts.ArtifactApi;
import java.io.InputStream;
import java.time.Duration;

/** A file that a client downloads, as it was when the download began. */
public record ArtifactDownload(ArtifactStore store, ArtifactPath path, ArtifactStore.Stat stat) {
    /** Returns a file; throws RESOURCE_DOES_NOT_EXIST if there is none, INVALID_PARAMETER_VALUE if it is a folder. */
    static ArtifactDownload of(ArtifactStore store, ArtifactPath path) {
        return StoreOperations.callStore(() -> store.stat(path))
                .map(stat -> new ArtifactDownload(store, path, stat))
                .orElseThrow(() -> StoreOperations.list(store, path).isEmpty()
                        ? notFound("There is no artifact at '%s'.", path.value())
                        : invalid("The artifact path refers to a directory, not a file: '%s'.", path.value()));
    }

    /** Returns a URL at which a client reads a file from the store; throws NOT_IMPLEMENTED if the store has none. */
    static ArtifactApi.ProxiedDownloadUrlResponse sign(ArtifactStore store, ArtifactPath path, Duration validity) {
        DirectAccess access = StoreOperations.requireDirectAccess(store, "Presigned download");
        ArtifactDownload file = of(store, path);
        DirectAccess.SignedRequest signed = StoreOperations.callStore(() -> access.signDownload(path, validity));
        return new ArtifactApi.ProxiedDownloadUrlResponse(
                signed.url(), signed.headers(), file.stat().size());
    }

    /**
     * Returns {@code length} bytes of the file, starting at {@code offset}, as {@link ArtifactStore#read} does. The caller closes the stream.
     *
     * @throws dev.kiroku.model.KirokuException TEMPORARILY_UNAVAILABLE if the store fails or the file has changed
     */
    public InputStream read(long offset, long length) {
        return StoreOperations.callStore(() -> store.read(path, stat, offset, length));
    }
}
