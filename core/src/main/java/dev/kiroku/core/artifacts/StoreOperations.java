package dev.kiroku.core.artifacts;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
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

    /** Returns a file; throws RESOURCE_DOES_NOT_EXIST if there is none, INVALID_PARAMETER_VALUE if it is a folder. */
    static ArtifactDownload getDownload(ArtifactStore store, ArtifactPath path) {
        return callStore(() -> store.stat(path))
                .map(stat -> new ArtifactDownload(store, path, stat))
                .orElseThrow(() -> list(store, path).isEmpty()
                        ? notFound("There is no artifact at '%s'.", path.value())
                        : invalid("The artifact path refers to a directory, not a file: '%s'.", path.value()));
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

    /** Returns a URL at which a client reads a file from the store; throws NOT_IMPLEMENTED if the store has none. */
    static ArtifactApi.ProxiedDownloadUrlResponse signDownload(
            ArtifactStore store, ArtifactPath path, Duration validity) {
        DirectAccess access = requireDirectAccess(store, "Presigned download");
        ArtifactDownload file = getDownload(store, path);
        DirectAccess.SignedRequest signed = callStore(() -> access.signDownload(path, validity));
        return new ArtifactApi.ProxiedDownloadUrlResponse(
                signed.url(), signed.headers(), file.stat().size());
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
