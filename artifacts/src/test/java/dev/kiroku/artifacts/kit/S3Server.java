package dev.kiroku.artifacts.kit;

import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** A server with the protocol of S3 that checks signatures and keeps objects in memory. */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "artifacts";
    private static final String KEY_ID = "the-key";
    private static final String SECRET = "the-secret";

    /** Records requests and passes them on. */
    private static final class Recording extends ForwardingBlobStore {
        private final List<PutObjectRequest> puts = new CopyOnWriteArrayList<>();
        private final List<CreateMultipartUploadRequest> multiparts = new CopyOnWriteArrayList<>();

        Recording(BlobStore delegate) {
            super(delegate);
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
            puts.add(request);
            return super.putBlob(request, content);
        }

        @Override
        public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
            multiparts.add(request);
            return super.initiateMultipartUpload(request);
        }
    }

    private final Recording blobs = new Recording(new TransientNio2BlobStore());
    private final S3Proxy proxy;

    public S3Server() throws Exception {
        blobs.createContainer(BUCKET);
        proxy = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY_ID, SECRET)
                .build();
        proxy.start();
    }

    /** Returns the environment variables for a client of this server. */
    public Map<String, String> environment() {
        return environment(KEY_ID, SECRET);
    }

    public Map<String, String> environment(String keyId, String secret) {
        return Map.of(
                "MLFLOW_S3_ENDPOINT_URL",
                "http://127.0.0.1:" + proxy.getPort(),
                "AWS_ACCESS_KEY_ID",
                keyId,
                "AWS_SECRET_ACCESS_KEY",
                secret);
    }

    /** Returns all single uploads so far. */
    public List<PutObjectRequest> puts() {
        return blobs.puts;
    }

    /** Returns all multipart uploads that were begun so far. */
    public List<CreateMultipartUploadRequest> multiparts() {
        return blobs.multiparts;
    }

    /** Returns the number of multipart uploads that are neither completed nor aborted. */
    public int openUploads() {
        return blobs.listMultipartUploads(BUCKET).size();
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
