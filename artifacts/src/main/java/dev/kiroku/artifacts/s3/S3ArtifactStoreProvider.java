package dev.kiroku.artifacts.s3;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import dev.kiroku.core.net.LenientUri;
import java.util.Map;
import java.util.Set;

/** Opens buckets of S3, and of servers with its protocol: {@code s3://bucket/folder}. */
public final class S3ArtifactStoreProvider implements ArtifactStoreProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("s3");
    }

    @Override
    public ArtifactStore open(String location, Map<String, String> settings) {
        LenientUri uri = LenientUri.parse(location);
        String bucket = uri.authority();
        if (bucket == null || bucket.isEmpty()) {
            throw invalid("'%s' names no bucket; an S3 location looks like s3://bucket/folder", location);
        }
        return new S3ArtifactStore(
                new S3Clients(settings), new S3Location(bucket, uri.path().replaceAll("^/+|/+$", "")));
    }
}
