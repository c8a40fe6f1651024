package dev.kiroku.artifacts.s3;

import static dev.kiroku.model.KirokuException.invalid;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Options of every upload, such as encryption, ACL and storage class. The names are those of MLflow and boto3. */
final class S3UploadOptions {
    private static final Set<String> SUPPORTED = Set.of(
            "ServerSideEncryption", "SSEKMSKeyId", "ACL", "StorageClass", "ContentType", "CacheControl", "Tagging");

    private final Map<String, String> values;

    private S3UploadOptions(Map<String, String> values) {
        this.values = values;
    }

    /** Returns the options of a JSON object; none if {@code json} is null or blank. */
    static S3UploadOptions parse(@Nullable String json) {
        Map<String, String> values = new TreeMap<>();
        if (json == null || json.isBlank()) {
            return new S3UploadOptions(values);
        }
        JsonNode node;
        try {
            node = new JsonMapper().readTree(json);
        } catch (JacksonException e) {
            throw invalid("MLFLOW_S3_UPLOAD_EXTRA_ARGS is not JSON: %s", e.getOriginalMessage());
        }
        if (!node.isObject()) {
            throw invalid(
                    "MLFLOW_S3_UPLOAD_EXTRA_ARGS must be a JSON object, such as {\"ServerSideEncryption\": \"AES256\"}");
        }
        node.properties().forEach(entry -> {
            if (!SUPPORTED.contains(entry.getKey()) || !entry.getValue().isString()) {
                throw invalid(
                        "MLFLOW_S3_UPLOAD_EXTRA_ARGS: '%s' is not supported, or its value is not a string. Supported options: %s",
                        entry.getKey(), SUPPORTED.stream().sorted().toList());
            }
            values.put(entry.getKey(), entry.getValue().stringValue());
        });
        return new S3UploadOptions(values);
    }

    PutObjectRequest putRequest(String bucket, String key) {
        return PutObjectRequest.builder()
                .bucket(bucket)
                .key(key)
                .serverSideEncryption(values.get("ServerSideEncryption"))
                .ssekmsKeyId(values.get("SSEKMSKeyId"))
                .acl(values.get("ACL"))
                .storageClass(values.get("StorageClass"))
                .contentType(values.get("ContentType"))
                .cacheControl(values.get("CacheControl"))
                .tagging(values.get("Tagging"))
                .build();
    }

    CreateMultipartUploadRequest multipartRequest(String bucket, String key) {
        return CreateMultipartUploadRequest.builder()
                .bucket(bucket)
                .key(key)
                .serverSideEncryption(values.get("ServerSideEncryption"))
                .ssekmsKeyId(values.get("SSEKMSKeyId"))
                .acl(values.get("ACL"))
                .storageClass(values.get("StorageClass"))
                .contentType(values.get("ContentType"))
                .cacheControl(values.get("CacheControl"))
                .tagging(values.get("Tagging"))
                .build();
    }
}
