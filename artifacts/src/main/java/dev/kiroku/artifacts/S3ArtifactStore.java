package dev.kiroku.artifacts;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.DirectAccess;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Artifacts in a bucket, below a prefix. Large files are sent in parts; S3 shows an object only when it is whole. */
public final class S3ArtifactStore implements ArtifactStore, DirectAccess {
    /** What is smaller is sent from memory. */
    private static final int INLINE_BYTES = 64 << 10;
    /** Enough for files of 156 GiB; parts of files that say they are larger are larger, too. */
    private static final long PART_BYTES = 16 << 20;

    private static final int MAX_PARTS = 10_000;
    private static final int MAX_KEY_BYTES = 1024;
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;

    private final S3Clients clients;
    private final String bucket;
    private final String prefix;

    /** @param prefix what stands before every key, without slashes at its ends; or empty */
    public S3ArtifactStore(S3Clients connection, String bucket, String prefix) {
        this.clients = connection;
        this.bucket = bucket;
        this.prefix = prefix;
    }

    private S3Client s3() {
        return clients.client();
    }

    @Override
    public List<FileInfo> list(ArtifactPath folder) throws IOException {
        String base = key(folder);
        String start = base.isEmpty() ? "" : base + "/";
        return callS3(() -> {
            List<FileInfo> entries = new ArrayList<>();
            for (ListObjectsV2Response page : s3().listObjectsV2Paginator(
                            r -> r.bucket(bucket).prefix(start).delimiter("/"))) {
                page.commonPrefixes().stream()
                        .map(p -> p.prefix().substring(0, p.prefix().length() - 1))
                        .filter(f -> !f.endsWith("/")) // a folder without a name cannot be asked for
                        .forEach(f -> entries.add(new FileInfo(relative(f), true, null)));
                page.contents().stream()
                        .filter(o -> !o.key().endsWith("/")) // how some tools mark a folder
                        .forEach(o -> entries.add(new FileInfo(relative(o.key()), false, o.size())));
            }
            entries.sort(Comparator.comparing(FileInfo::path));
            return entries;
        });
    }

    @Override
    public Optional<Stat> stat(ArtifactPath file) throws IOException {
        if (file.isRoot()) {
            return Optional.empty();
        }
        return callS3(() -> {
            try {
                HeadObjectResponse head = s3().headObject(r -> r.bucket(bucket).key(key(file)));
                return Optional.of(new Stat(head.contentLength(), head.eTag().replace("\"", "")));
            } catch (S3Exception e) {
                if (e.statusCode() == NOT_FOUND) {
                    // An answer to HEAD says no more: it may also be the bucket that is missing.
                    s3().listObjectsV2(r -> r.bucket(bucket).prefix(key(file)).maxKeys(1));
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public InputStream read(ArtifactPath file, Stat seen, long offset, long length) throws IOException {
        if (length == 0) {
            return InputStream.nullInputStream();
        }
        return callS3(() -> {
            try {
                return s3().getObject(r -> r.bucket(bucket)
                        .key(key(file))
                        .ifMatch("\"" + seen.etag() + "\"")
                        .range("bytes=" + offset + "-" + (offset + length - 1)));
            } catch (NoSuchKeyException e) {
                throw notFound("There is no artifact at '%s'.", file.value());
            } catch (S3Exception e) {
                throw e.statusCode() == PRECONDITION_FAILED ? ArtifactStore.changedException(file) : e;
            }
        });
    }

    @Override
    public void write(ArtifactPath file, InputStream content, long length) throws IOException {
        String key = requireFileKey(file);
        byte[] first = content.readNBytes(INLINE_BYTES);
        if (first.length < INLINE_BYTES) {
            callS3(() -> s3().putObject(clients.uploadOptions().putRequest(bucket, key), RequestBody.fromBytes(first)));
            return;
        }
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(first), content);
        long partBytes = Math.max(PART_BYTES, length / MAX_PARTS + 1);
        try (UploadPartFile part = UploadPartFile.create()) {
            long filled = part.fillFrom(all, partBytes);
            if (filled < partBytes) {
                callS3(() -> s3().putObject(
                                clients.uploadOptions().putRequest(bucket, key), RequestBody.fromFile(part.path())));
            } else {
                writeInParts(file, key, part, all, partBytes);
            }
        }
    }

    /** @param part holds the first part */
    private void writeInParts(ArtifactPath file, String key, UploadPartFile part, InputStream rest, long partBytes)
            throws IOException {
        String uploadId =
                callS3(() -> s3().createMultipartUpload(clients.uploadOptions().multipartRequest(bucket, key))
                        .uploadId());
        try {
            List<CompletedPart> parts = new ArrayList<>();
            do {
                int number = parts.size() + 1;
                String etag = callS3(() -> s3().uploadPart(
                                r -> r.bucket(bucket)
                                        .key(key)
                                        .uploadId(uploadId)
                                        .partNumber(number),
                                RequestBody.fromFile(part.path()))
                        .eTag());
                parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
            } while (part.fillFrom(rest, partBytes) > 0);
            callS3(() -> s3().completeMultipartUpload(
                            r -> r.bucket(bucket).key(key).uploadId(uploadId).multipartUpload(m -> m.parts(parts))));
        } catch (IOException | RuntimeException e) {
            try {
                abortMultipartUpload(file, uploadId);
            } catch (IOException | RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    @Override
    public void delete(ArtifactPath path) throws IOException {
        if (path.isRoot()) {
            throw invalid("Invalid path: the root of all artifacts cannot be deleted.");
        }
        String key = key(path);
        callS3(() -> {
            s3().deleteObject(r -> r.bucket(bucket).key(key));
            for (ListObjectsV2Response page :
                    s3().listObjectsV2Paginator(r -> r.bucket(bucket).prefix(key + "/"))) {
                List<ObjectIdentifier> doomed = page.contents().stream()
                        .map(o -> ObjectIdentifier.builder().key(o.key()).build())
                        .toList();
                if (doomed.isEmpty()) {
                    continue;
                }
                List<S3Error> left = s3().deleteObjects(r ->
                                r.bucket(bucket).delete(d -> d.objects(doomed).quiet(true)))
                        .errors();
                if (!left.isEmpty()) {
                    throw new IOException("S3 has not deleted " + left.size() + " objects, of one it says: "
                            + left.getFirst().message());
                }
            }
            return null;
        });
    }

    @Override
    public Optional<DirectAccess> directAccess() {
        return Optional.of(this);
    }

    @Override
    public MultipartUpload createMultipartUpload(ArtifactPath file, int parts) throws IOException {
        String key = requireFileKey(file);
        return callS3(() -> {
            String uploadId = s3().createMultipartUpload(clients.uploadOptions().multipartRequest(bucket, key))
                    .uploadId();
            List<PartUrl> urls = new ArrayList<>();
            S3Presigner presigner = clients.presigner();
            for (int i = 1; i <= parts; i++) {
                int number = i;
                String url = presigner
                        .presignUploadPart(p -> p.signatureDuration(Duration.ofHours(1))
                                .uploadPartRequest(r -> r.bucket(bucket)
                                        .key(key)
                                        .uploadId(uploadId)
                                        .partNumber(number)))
                        .url()
                        .toString();
                urls.add(new PartUrl(number, url));
            }
            return new MultipartUpload(uploadId, urls);
        });
    }

    @Override
    public void completeMultipartUpload(ArtifactPath file, String uploadId, List<UploadedPart> parts)
            throws IOException {
        List<CompletedPart> sent = parts.stream()
                .sorted(Comparator.comparingInt(UploadedPart::number))
                .map(p -> CompletedPart.builder()
                        .partNumber(p.number())
                        .eTag(p.etag())
                        .build())
                .toList();
        callS3(() -> s3().completeMultipartUpload(
                        r -> r.bucket(bucket).key(key(file)).uploadId(uploadId).multipartUpload(m -> m.parts(sent))));
    }

    @Override
    public void abortMultipartUpload(ArtifactPath file, String uploadId) throws IOException {
        callS3(() ->
                s3().abortMultipartUpload(r -> r.bucket(bucket).key(key(file)).uploadId(uploadId)));
    }

    @Override
    public String downloadUrl(ArtifactPath file, Duration validity) throws IOException {
        return callS3(() -> clients.presigner()
                .presignGetObject(p -> p.signatureDuration(validity)
                        .getObjectRequest(r -> r.bucket(bucket).key(key(file))))
                .url()
                .toString());
    }

    @Override
    public String uploadUrl(ArtifactPath file, Duration validity) throws IOException {
        return callS3(() -> clients.presigner()
                .presignPutObject(p -> p.signatureDuration(validity)
                        .putObjectRequest(r -> r.bucket(bucket).key(key(file))))
                .url()
                .toString());
    }

    private String requireFileKey(ArtifactPath file) {
        if (file.isRoot()) {
            throw invalid("Invalid path: a file's name is missing.");
        }
        String key = key(file);
        if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
            throw invalid(
                    "Invalid path: with the folder before it, it is longer than the %d bytes that S3 allows.",
                    MAX_KEY_BYTES);
        }
        return key;
    }

    private String key(ArtifactPath path) {
        return prefix.isEmpty() ? path.value() : path.isRoot() ? prefix : prefix + "/" + path.value();
    }

    private String relative(String key) {
        return prefix.isEmpty() ? key : key.substring(prefix.length() + 1);
    }

    private <T> T callS3(S3ErrorTranslator.S3Call<T> call) throws IOException {
        return S3ErrorTranslator.translateErrors(bucket, call);
    }
}
