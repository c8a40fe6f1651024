package dev.kiroku.core.artifacts;

import java.io.InputStream;

/** A file that a client downloads, as it was when the download began. */
public record ArtifactDownload(ArtifactStore store, ArtifactPath path, ArtifactStore.Stat stat) {
    /**
     * Returns {@code length} bytes of the file, starting at {@code offset}, as {@link ArtifactStore#read} does. The caller closes the stream.
     *
     * @throws dev.kiroku.model.KirokuException TEMPORARILY_UNAVAILABLE if the store fails or the file has changed
     */
    public InputStream read(long offset, long length) {
        return StoreOperations.callStore(() -> store.read(path, stat, offset, length));
    }
}
