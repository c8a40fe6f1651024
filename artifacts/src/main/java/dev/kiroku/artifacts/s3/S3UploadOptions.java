package dev.kiroku.artifacts.s3;

import static dev.kiroku.model.KirokuException.invalid;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is said about every object that is uploaded: encryption, access, storage class. Its names are those of MLflow, which has them from boto3. */
final class S3UploadOptions {
    private static final Set<String> SUPPORTED = Set.of(
            "ServerSideEncryption", "SSEKMSKeyId", "ACL", "StorageClass", "ContentType", "CacheControl", "Tagging");

    private final Map<String, String> values;

    private S3UploadOptions(Map<String, String> values) {
        this.values = values;
    }

    /** @param json an object, or null or blank for nothing */
    static S3UploadOptions parse(String json) {
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
                        "MLFLOW_S3_UPLOAD_EXTRA_ARGS: '%s' is not known here, or is no text; known are %s",
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
