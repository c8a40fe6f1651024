package dev.kiroku.artifacts.s3;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import java.nio.charset.StandardCharsets;

/**
 * The root of a store in a bucket.
 *
 * @param prefix the begin of all keys, without slashes at its ends; may be empty
 */
record S3Location(String bucket, String prefix) {
    private static final int MAX_KEY_BYTES = 1024;

    /** Returns the key of a file, or the prefix of a folder without a slash at its end. */
    String key(ArtifactPath path) {
        return prefix.isEmpty() ? path.value() : path.isRoot() ? prefix : prefix + "/" + path.value();
    }

    /** Returns the key of a file that is written; throws INVALID_PARAMETER_VALUE if S3 does not allow such a key. */
    String requireFileKey(ArtifactPath file) {
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

    /** Returns the path of a key relative to this root. */
    String relativize(String key) {
        return prefix.isEmpty() ? key : key.substring(prefix.length() + 1);
    }
}
