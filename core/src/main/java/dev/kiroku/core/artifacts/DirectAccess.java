package dev.kiroku.core.artifacts;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Access to a store by addresses that carry their own permission, for a while, so that bytes need not go through this server. */
public interface DirectAccess {
    /** @param url takes the bytes of the part by PUT, and answers with its ETag */
    record PartUrl(int number, String url) {}

    record MultipartUpload(String uploadId, List<PartUrl> parts) {}

    /** @param etag as the store gave it when the part was sent */
    record UploadedPart(int number, String etag) {}

    MultipartUpload createMultipartUpload(ArtifactPath file, int parts) throws IOException;

    /** Makes one file of the parts. */
    void completeMultipartUpload(ArtifactPath file, String uploadId, List<UploadedPart> parts) throws IOException;

    /** Forgets the parts. */
    void abortMultipartUpload(ArtifactPath file, String uploadId) throws IOException;

    String downloadUrl(ArtifactPath file, Duration validity) throws IOException;

    String uploadUrl(ArtifactPath file, Duration validity) throws IOException;
}
