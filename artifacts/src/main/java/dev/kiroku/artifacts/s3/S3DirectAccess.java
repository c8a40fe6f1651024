package dev.kiroku.artifacts.s3;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.DirectAccess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Presigned URLs of S3, and its multipart uploads, in which a part is identified by its ETag. */
final class S3DirectAccess implements DirectAccess, DirectAccess.MultipartUploads {
    private static final Duration PART_VALIDITY = Duration.ofHours(1);

    private final S3Clients clients;
    private final S3Location location;

    S3DirectAccess(S3Clients clients, S3Location location) {
        this.clients = clients;
        this.location = location;
    }

    @Override
    public SignedRequest signDownload(ArtifactPath file, Duration validity) throws IOException {
        return callS3(() -> new SignedRequest(clients.presigner()
                .presignGetObject(p -> p.signatureDuration(validity)
                        .getObjectRequest(r -> r.bucket(location.bucket()).key(location.key(file))))
                .url()
                .toString()));
    }

    @Override
    public SignedRequest signUpload(ArtifactPath file, Duration validity) throws IOException {
        return callS3(() -> new SignedRequest(clients.presigner()
                .presignPutObject(p -> p.signatureDuration(validity)
                        .putObjectRequest(r -> r.bucket(location.bucket()).key(location.key(file))))
                .url()
                .toString()));
    }

    @Override
    public Optional<MultipartUploads> multipartUploads() {
        return Optional.of(this);
    }

    @Override
    public Upload create(ArtifactPath file, int parts) throws IOException {
        String key = location.requireFileKey(file);
        String uploadId = createUpload(key);
        return callS3(() -> {
            List<Part> signed = new ArrayList<>();
            S3Presigner presigner = clients.presigner();
            for (int i = 1; i <= parts; i++) {
                int number = i;
                String url = presigner
                        .presignUploadPart(p -> p.signatureDuration(PART_VALIDITY)
                                .uploadPartRequest(r -> r.bucket(location.bucket())
                                        .key(key)
                                        .uploadId(uploadId)
                                        .partNumber(number)))
                        .url()
                        .toString();
                signed.add(new Part(number, new SignedRequest(url)));
            }
            return new Upload(uploadId, signed);
        });
    }

    /** Begins an upload and returns its ID. */
    String createUpload(String key) throws IOException {
        return callS3(() -> clients.client()
                .createMultipartUpload(clients.uploadOptions().multipartRequest(location.bucket(), key))
                .uploadId());
    }

    @Override
    public void complete(ArtifactPath file, String uploadId, List<UploadedPart> parts) throws IOException {
        complete(
                location.key(file),
                uploadId,
                parts.stream()
                        .sorted(Comparator.comparingInt(UploadedPart::number))
                        .map(S3DirectAccess::toCompletedPart)
                        .toList());
    }

    private static CompletedPart toCompletedPart(UploadedPart part) {
        String etag = part.etag();
        if (etag == null || etag.isEmpty()) {
            throw invalid("Part %d needs the etag that the store answered with.", part.number());
        }
        return CompletedPart.builder().partNumber(part.number()).eTag(etag).build();
    }

    /** Makes one object of the parts. */
    void complete(String key, String uploadId, List<CompletedPart> parts) throws IOException {
        callS3(() -> clients.client()
                .completeMultipartUpload(r ->
                        r.bucket(location.bucket()).key(key).uploadId(uploadId).multipartUpload(m -> m.parts(parts))));
    }

    @Override
    public void abort(ArtifactPath file, String uploadId) throws IOException {
        callS3(() -> clients.client()
                .abortMultipartUpload(
                        r -> r.bucket(location.bucket()).key(location.key(file)).uploadId(uploadId)));
    }

    private <T extends @Nullable Object> T callS3(S3ErrorTranslator.S3Call<T> call) throws IOException {
        return S3ErrorTranslator.translateErrors(location.bucket(), call);
    }
}
