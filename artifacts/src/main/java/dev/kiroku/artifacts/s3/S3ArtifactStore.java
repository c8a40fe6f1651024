package dev.kiroku.artifacts.s3;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Artifact store in a bucket, below a prefix. Large files are sent in parts of a multipart upload. S3 shows an object only when it is
 * complete.
 */
final class S3ArtifactStore implements ArtifactStore {
    /** Files that are smaller are sent from memory. */
    private static final int INLINE_BYTES = 64 << 10;
    /** Enough for files of 156 GiB. Files with a larger announced length are sent in larger parts. */
    private static final long PART_BYTES = 16 << 20;

    private static final int MAX_PARTS = 10_000;
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;

    private final S3Clients clients;
    private final S3Location location;
    private final S3DirectAccess directAccess;

    S3ArtifactStore(S3Clients clients, S3Location location) {
        this.clients = clients;
        this.location = location;
        this.directAccess = new S3DirectAccess(clients, location);
    }

    private S3Client s3() {
        return clients.client();
    }

    @Override
    public List<FileInfo> list(ArtifactPath folder) throws IOException {
        String base = location.key(folder);
        String start = base.isEmpty() ? "" : base + "/";
        return callS3(() -> {
            List<FileInfo> entries = new ArrayList<>();
            for (ListObjectsV2Response page : s3().listObjectsV2Paginator(
                            r -> r.bucket(location.bucket()).prefix(start).delimiter("/"))) {
                page.commonPrefixes().stream()
                        .map(p -> p.prefix().substring(0, p.prefix().length() - 1))
                        .filter(f -> !f.endsWith("/")) // a folder without a name is not a valid path
                        .forEach(f -> entries.add(new FileInfo(location.relativize(f), true, null)));
                page.contents().stream()
                        .filter(o -> !o.key().endsWith("/")) // some tools mark folders so
                        .forEach(o -> entries.add(new FileInfo(location.relativize(o.key()), false, o.size())));
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
                HeadObjectResponse head =
                        s3().headObject(r -> r.bucket(location.bucket()).key(location.key(file)));
                return Optional.of(new Stat(head.contentLength(), head.eTag().replace("\"", "")));
            } catch (S3Exception e) {
                if (e.statusCode() == NOT_FOUND) {
                    // The response to HEAD has no details: this request reports a missing bucket.
                    s3().listObjectsV2(r -> r.bucket(location.bucket())
                            .prefix(location.key(file))
                            .maxKeys(1));
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public InputStream read(ArtifactPath file, Stat expected, long offset, long length) throws IOException {
        if (length == 0) {
            return InputStream.nullInputStream();
        }
        return callS3(() -> {
            try {
                return s3().getObject(r -> r.bucket(location.bucket())
                        .key(location.key(file))
                        .ifMatch("\"" + expected.etag() + "\"")
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
        String key = location.requireFileKey(file);
        byte[] first = content.readNBytes(INLINE_BYTES);
        if (first.length < INLINE_BYTES) {
            callS3(() -> s3().putObject(
                            clients.uploadOptions().putRequest(location.bucket(), key), RequestBody.fromBytes(first)));
            return;
        }
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(first), content);
        long partBytes = Math.max(PART_BYTES, length / MAX_PARTS + 1);
        try (UploadPartFile part = UploadPartFile.create()) {
            long filled = part.fillFrom(all, partBytes);
            if (filled < partBytes) {
                callS3(() -> s3().putObject(
                                clients.uploadOptions().putRequest(location.bucket(), key),
                                RequestBody.fromFile(part.path())));
            } else {
                writeInParts(file, key, part, all, partBytes);
            }
        }
    }

    /** @param part holds the first part */
    private void writeInParts(ArtifactPath file, String key, UploadPartFile part, InputStream rest, long partBytes)
            throws IOException {
        String uploadId = directAccess.createUpload(key);
        try {
            List<CompletedPart> parts = new ArrayList<>();
            do {
                int number = parts.size() + 1;
                String etag = callS3(() -> s3().uploadPart(
                                r -> r.bucket(location.bucket())
                                        .key(key)
                                        .uploadId(uploadId)
                                        .partNumber(number),
                                RequestBody.fromFile(part.path()))
                        .eTag());
                parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
            } while (part.fillFrom(rest, partBytes) > 0);
            directAccess.complete(key, uploadId, parts);
        } catch (IOException | RuntimeException e) {
            try {
                directAccess.abort(file, uploadId);
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
        String key = location.key(path);
        callS3(() -> {
            s3().deleteObject(r -> r.bucket(location.bucket()).key(key));
            for (ListObjectsV2Response page :
                    s3().listObjectsV2Paginator(r -> r.bucket(location.bucket()).prefix(key + "/"))) {
                List<ObjectIdentifier> objects = page.contents().stream()
                        .map(o -> ObjectIdentifier.builder().key(o.key()).build())
                        .toList();
                if (objects.isEmpty()) {
                    continue;
                }
                List<S3Error> errors = s3().deleteObjects(r -> r.bucket(location.bucket())
                                .delete(d -> d.objects(objects).quiet(true)))
                        .errors();
                if (!errors.isEmpty()) {
                    throw new IOException("S3 has not deleted " + errors.size() + " objects. The first error: "
                            + errors.getFirst().message());
                }
            }
            return null;
        });
    }

    @Override
    public Optional<DirectAccess> directAccess() {
        return Optional.of(directAccess);
    }

    @Override
    public void close() {
        clients.close();
    }

    private <T extends @Nullable Object> T callS3(S3ErrorTranslator.S3Call<T> call) throws IOException {
        return S3ErrorTranslator.translateErrors(location.bucket(), call);
    }
}
