package dev.kiroku.artifacts;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.DirectAccess;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Artifacts in a bucket, below a prefix. Uploads of unknown or large size are sent in parts, so that memory holds one part at a time; S3
 * shows an object only when it is whole.
 */
public final class S3ArtifactStore implements ArtifactStore, DirectAccess {
    /** With at most 10,000 parts, enough for files of 156 GiB. */
    private static final int PART_BYTES = 16 << 20;
    private static final int DELETED_AT_ONCE = 1000;
    private static final int NOT_FOUND = 404;

    private final S3Connection connection;
    private final String bucket;
    private final String prefix;

    /** @param prefix what stands before every key, without slashes at its ends; or empty */
    public S3ArtifactStore(S3Connection connection, String bucket, String prefix) {
        this.connection = connection;
        this.bucket = bucket;
        this.prefix = prefix;
    }

    private S3Client s3() {
        return connection.client();
    }

    @Override
    public List<FileInfo> list(ArtifactPath folder) throws IOException {
        String base = key(folder);
        String start = base.isEmpty() ? "" : base + "/";
        return doing(() -> {
            List<FileInfo> entries = new ArrayList<>();
            for (ListObjectsV2Response page : s3().listObjectsV2Paginator(r -> r.bucket(bucket).prefix(start).delimiter("/"))) {
                page.commonPrefixes().forEach(p -> entries.add(new FileInfo(relative(p.prefix().substring(0, p.prefix().length() - 1)), true, null)));
                page.contents().stream()
                        .filter(o -> !o.key().equals(start))
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
        return doing(() -> {
            try {
                HeadObjectResponse head = s3().headObject(r -> r.bucket(bucket).key(key(file)));
                return Optional.of(new Stat(head.contentLength(), head.eTag().replace("\"", "")));
            } catch (S3Exception e) {
                if (e.statusCode() == NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public InputStream read(ArtifactPath file, long offset, long length) throws IOException {
        if (length == 0) {
            return InputStream.nullInputStream();
        }
        return doing(() -> {
            try {
                return s3().getObject(r -> r.bucket(bucket).key(key(file)).range("bytes=" + offset + "-" + (offset + length - 1)));
            } catch (NoSuchKeyException e) {
                throw notFound("There is no artifact at '%s'.", file.value());
            }
        });
    }

    @Override
    public void write(ArtifactPath file, InputStream content, long length) throws IOException {
        if (file.isRoot()) {
            throw invalid("Invalid path: a file's name is missing.");
        }
        String key = key(file);
        byte[] first = content.readNBytes(PART_BYTES);
        if (first.length < PART_BYTES) {
            requireWhole(first.length, length);
            doing(() -> s3().putObject(connection.extras().put(bucket, key), RequestBody.fromBytes(first)));
            return;
        }
        String uploadId = doing(() -> s3().createMultipartUpload(connection.extras().multipart(bucket, key)).uploadId());
        try {
            List<CompletedPart> parts = new ArrayList<>();
            long total = 0;
            for (byte[] part = first; part.length > 0; part = content.readNBytes(PART_BYTES)) {
                int number = parts.size() + 1;
                byte[] bytes = part;
                String etag = doing(() -> s3().uploadPart(
                                r -> r.bucket(bucket).key(key).uploadId(uploadId).partNumber(number), RequestBody.fromBytes(bytes))
                        .eTag());
                parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
                total += part.length;
            }
            requireWhole(total, length);
            doing(() -> s3().completeMultipartUpload(
                    r -> r.bucket(bucket).key(key).uploadId(uploadId).multipartUpload(m -> m.parts(parts))));
        } catch (IOException | RuntimeException e) {
            try {
                abortUpload(file, uploadId);
            } catch (IOException | RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static void requireWhole(long written, long length) throws EOFException {
        if (length >= 0 && written != length) {
            throw new EOFException("the upload ended after " + written + " of " + length + " bytes");
        }
    }

    @Override
    public void delete(ArtifactPath path) throws IOException {
        if (path.isRoot()) {
            throw invalid("Invalid path: the root of all artifacts cannot be deleted.");
        }
        String key = key(path);
        doing(() -> {
            s3().deleteObject(r -> r.bucket(bucket).key(key));
            List<ObjectIdentifier> doomed = new ArrayList<>();
            for (ListObjectsV2Response page : s3().listObjectsV2Paginator(r -> r.bucket(bucket).prefix(key + "/"))) {
                page.contents().forEach(o -> doomed.add(ObjectIdentifier.builder().key(o.key()).build()));
            }
            for (int from = 0; from < doomed.size(); from += DELETED_AT_ONCE) {
                Delete some = Delete.builder().objects(doomed.subList(from, Math.min(doomed.size(), from + DELETED_AT_ONCE))).quiet(true).build();
                s3().deleteObjects(r -> r.bucket(bucket).delete(some));
            }
            return null;
        });
    }

    @Override
    public Optional<DirectAccess> directAccess() {
        return Optional.of(this);
    }

    @Override
    public Upload beginUpload(ArtifactPath file, int parts) throws IOException {
        String key = key(file);
        return doing(() -> {
            String uploadId = s3().createMultipartUpload(connection.extras().multipart(bucket, key)).uploadId();
            List<Part> urls = new ArrayList<>();
            S3Presigner presigner = connection.presigner();
            for (int i = 1; i <= parts; i++) {
                int number = i;
                String url = presigner.presignUploadPart(p -> p.signatureDuration(Duration.ofHours(1))
                                .uploadPartRequest(r -> r.bucket(bucket).key(key).uploadId(uploadId).partNumber(number)))
                        .url()
                        .toString();
                urls.add(new Part(number, url));
            }
            return new Upload(uploadId, urls);
        });
    }

    @Override
    public void completeUpload(ArtifactPath file, String uploadId, List<Sent> parts) throws IOException {
        List<CompletedPart> sent = parts.stream()
                .sorted(Comparator.comparingInt(Sent::number))
                .map(p -> CompletedPart.builder().partNumber(p.number()).eTag(p.etag()).build())
                .toList();
        doing(() -> {
            try {
                return s3().completeMultipartUpload(r -> r.bucket(bucket).key(key(file)).uploadId(uploadId).multipartUpload(m -> m.parts(sent)));
            } catch (S3Exception e) {
                throw refused(e);
            }
        });
    }

    @Override
    public void abortUpload(ArtifactPath file, String uploadId) throws IOException {
        doing(() -> {
            try {
                return s3().abortMultipartUpload(r -> r.bucket(bucket).key(key(file)).uploadId(uploadId));
            } catch (S3Exception e) {
                throw refused(e);
            }
        });
    }

    @Override
    public String downloadUrl(ArtifactPath file, Duration validity) throws IOException {
        return doing(() -> connection.presigner()
                .presignGetObject(p -> p.signatureDuration(validity).getObjectRequest(r -> r.bucket(bucket).key(key(file))))
                .url()
                .toString());
    }

    @Override
    public String uploadUrl(ArtifactPath file, Duration validity) throws IOException {
        return doing(() -> connection.presigner()
                .presignPutObject(p -> p.signatureDuration(validity).putObjectRequest(r -> r.bucket(bucket).key(key(file))))
                .url()
                .toString());
    }

    /** What S3 answers to a client's mistake (an upload that is not there, a part that is missing) is the client's to know. */
    private static RuntimeException refused(S3Exception e) {
        boolean clients = e.statusCode() == NOT_FOUND || e.statusCode() == 400;
        return clients ? invalid("The store does not take this upload: %s", e.awsErrorDetails() == null ? "it is not there" : e.awsErrorDetails().errorMessage()) : e;
    }

    private String key(ArtifactPath path) {
        return prefix.isEmpty() ? path.value() : path.isRoot() ? prefix : prefix + "/" + path.value();
    }

    private String relative(String key) {
        return prefix.isEmpty() ? key : key.substring(prefix.length() + 1);
    }

    private interface Doing<T> {
        T run() throws IOException;
    }

    private static <T> T doing(Doing<T> what) throws IOException {
        try {
            return what.run();
        } catch (SdkException e) {
            throw new IOException("S3: " + e.getMessage(), e);
        }
    }
}
