package dev.kiroku.core.artifacts;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Access to an artifact store with signed URLs, so that the bytes of a file go from the client to the store without this server.
 *
 * <p>A single upload is one signed request; a store with resumable sessions returns the URL of a session. Uploads in parts that a client
 * sends in any order are optional, see {@link MultipartUploads}.
 */
public interface DirectAccess {
    /**
     * A request that a client sends to the store.
     *
     * @param url carries the permission; a secret
     * @param headers the headers that the store requires besides; mostly empty
     */
    record SignedRequest(String url, Map<String, String> headers) {
        public SignedRequest {
            headers = Map.copyOf(headers);
        }

        /** Creates a request that needs no headers. */
        public SignedRequest(String url) {
            this(url, Map.of());
        }
    }

    /** Returns a GET request that reads the file until {@code validity} has passed. */
    SignedRequest signDownload(ArtifactPath file, Duration validity) throws IOException;

    /** Returns a PUT request that writes the file until {@code validity} has passed. */
    SignedRequest signUpload(ArtifactPath file, Duration validity) throws IOException;

    /** Returns the uploads in parts; empty if the store does not take parts in any order. */
    Optional<MultipartUploads> multipartUploads();

    /**
     * Uploads of one file in parts. How a store recognizes a sent part again is its own business: S3 by the ETag of the part, a store with
     * block lists by the block ID in the part's URL.
     */
    interface MultipartUploads {
        /**
         * Where a client sends a part.
         *
         * @param number from 1
         * @param request a PUT request that takes the bytes of the part
         */
        record Part(int number, SignedRequest request) {}

        /** An upload that has begun. */
        record Upload(String uploadId, List<Part> parts) {}

        /**
         * A part that a client has sent.
         *
         * @param etag the {@code ETag} header of the store's response; null if the client reports none
         * @param url the URL that the part was sent to; null if the client reports none
         */
        record UploadedPart(
                int number, @Nullable String etag, @Nullable String url) {}

        /** Begins an upload. */
        Upload create(ArtifactPath file, int parts) throws IOException;

        /**
         * Makes one file of the parts, in the order of their numbers.
         *
         * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the parts are not those of the upload
         */
        void complete(ArtifactPath file, String uploadId, List<UploadedPart> parts) throws IOException;

        /** Deletes the parts of an upload that is not completed. */
        void abort(ArtifactPath file, String uploadId) throws IOException;
    }
}
