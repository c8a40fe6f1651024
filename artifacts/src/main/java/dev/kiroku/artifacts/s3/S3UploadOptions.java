package dev.kiroku.artifacts.s3;

import static dev.kiroku.model.KirokuException.invalid;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Options of every upload, such as encryption, ACL and storage class. The names are those of MLflow and boto3. */
final class S3UploadOptions {
    /** An option, with its setters: the SDK's two kinds of requests that begin an upload have no type in common. */
    private enum Option {
        SERVER_SIDE_ENCRYPTION(
                "ServerSideEncryption",
                PutObjectRequest.Builder::serverSideEncryption,
                CreateMultipartUploadRequest.Builder::serverSideEncryption),
        SSE_KMS_KEY_ID(
                "SSEKMSKeyId",
                PutObjectRequest.Builder::ssekmsKeyId,
                CreateMultipartUploadRequest.Builder::ssekmsKeyId),
        ACL("ACL", PutObjectRequest.Builder::acl, CreateMultipartUploadRequest.Builder::acl),
        STORAGE_CLASS(
                "StorageClass",
                PutObjectRequest.Builder::storageClass,
                CreateMultipartUploadRequest.Builder::storageClass),
        CONTENT_TYPE(
                "ContentType",
                PutObjectRequest.Builder::contentType,
                CreateMultipartUploadRequest.Builder::contentType),
        CACHE_CONTROL(
                "CacheControl",
                PutObjectRequest.Builder::cacheControl,
                CreateMultipartUploadRequest.Builder::cacheControl),
        TAGGING("Tagging", PutObjectRequest.Builder::tagging, CreateMultipartUploadRequest.Builder::tagging);

        private final String text;
        private final BiConsumer<PutObjectRequest.Builder, String> putSetter;
        private final BiConsumer<CreateMultipartUploadRequest.Builder, String> multipartSetter;

        Option(
                String text,
                BiConsumer<PutObjectRequest.Builder, String> putSetter,
                BiConsumer<CreateMultipartUploadRequest.Builder, String> multipartSetter) {
            this.text = text;
            this.putSetter = putSetter;
            this.multipartSetter = multipartSetter;
        }

        static Optional<Option> find(String text) {
            return Arrays.stream(values())
                    .filter(option -> option.text.equals(text))
                    .findFirst();
        }
    }

    private final Map<Option, String> values;

    private S3UploadOptions(Map<Option, String> values) {
        this.values = values;
    }

    /** Returns the options of a JSON object; none if {@code json} is null or blank. */
    static S3UploadOptions parse(@Nullable String json) {
        Map<Option, String> values = new EnumMap<>(Option.class);
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
            Optional<Option> option = Option.find(entry.getKey());
            if (option.isEmpty() || !entry.getValue().isString()) {
                throw invalid(
                        "MLFLOW_S3_UPLOAD_EXTRA_ARGS: '%s' is not supported, or its value is not a string. Supported options: %s",
                        entry.getKey(),
                        Arrays.stream(Option.values())
                                .map(each -> each.text)
                                .sorted()
                                .toList());
            }
            values.put(option.get(), entry.getValue().stringValue());
        });
        return new S3UploadOptions(values);
    }

    PutObjectRequest putRequest(String bucket, String key) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(bucket).key(key);
        values.forEach((option, value) -> option.putSetter.accept(request, value));
        return request.build();
    }

    CreateMultipartUploadRequest multipartRequest(String bucket, String key) {
        CreateMultipartUploadRequest.Builder request =
                CreateMultipartUploadRequest.builder().bucket(bucket).key(key);
        values.forEach((option, value) -> option.multipartSetter.accept(request, value));
        return request.build();
    }
}
