package dev.kiroku.core.artifacts;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations on artifact stores that turn failures of the store into errors of the API. */
final class StoreOperations {
    private StoreOperations() {}

    /** An operation on a store. */
    interface StoreCall<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** Returns the result of {@code call}; throws TEMPORARILY_UNAVAILABLE if the store fails. */
    static <T extends @Nullable Object> T callStore(StoreCall<T> call) {
        try {
            return call.run();
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    static List<FileInfo> list(ArtifactStore store, ArtifactPath folder) {
        return callStore(() -> store.list(folder));
    }

    /**
     * Writes an upload.
     *
     * @param length the number of bytes that the client announced, or -1
     * @throws IOException if the upload ended early or its connection broke
     */
    static void write(ArtifactStore store, ArtifactPath path, InputStream content, long length) throws IOException {
        UploadInputStream upload = new UploadInputStream(content, length);
        try {
            store.write(path, upload, length);
        } catch (IOException e) {
            if (upload.hasClientFailed()) {
                throw e;
            }
            throw unavailable(e);
        }
    }

    /** @param operation the begin of the message, by which clients recognize that they must go through this server */
    static DirectAccess requireDirectAccess(ArtifactStore store, String operation) {
        return store.directAccess().orElseThrow(() -> notSupported(operation));
    }

    static KirokuException notSupported(String operation) {
        return new KirokuException(
                ErrorCode.NOT_IMPLEMENTED,
                operation + " is not supported for the current artifact repository; go through this server.");
    }

    private static KirokuException unavailable(IOException e) {
        return new KirokuException(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                "The artifacts' store cannot be reached or has failed; try again soon.",
                e);
    }
}
