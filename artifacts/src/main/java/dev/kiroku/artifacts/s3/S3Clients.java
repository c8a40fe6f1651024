package dev.kiroku.artifacts.s3;

import static dev.kiroku.model.KirokuException.invalid;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Clients of S3, created on first use. Credentials and region come from where AWS's tools take them (environment, profile files, roles of
 * the machine); endpoint and upload options from MLflow's variables.
 */
final class S3Clients implements AutoCloseable {
    private static final String DEFAULT_REGION = "us-east-1";

    /** S3 refuses requests with this header if the bucket belongs to another account. */
    private static final String EXPECTED_OWNER_HEADER = "x-amz-expected-bucket-owner";

    private final Map<String, String> environment;
    private final Optional<URI> endpoint;
    private final boolean pathStyle;
    private final S3UploadOptions uploadOptions;
    private @Nullable S3Client client;
    private @Nullable S3Presigner presigner;

    /** Throws INVALID_PARAMETER_VALUE if one of these variables is not usable. */
    S3Clients(Map<String, String> environment) {
        this.environment = environment;
        this.endpoint = firstSet("MLFLOW_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
                .map(S3Clients::endpoint);
        this.pathStyle =
                isPathStyle(firstSet("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE").orElse("auto"));
        this.uploadOptions = S3UploadOptions.parse(environment.get("MLFLOW_S3_UPLOAD_EXTRA_ARGS"));
    }

    S3UploadOptions uploadOptions() {
        return uploadOptions;
    }

    synchronized S3Client client() {
        if (client == null) {
            boolean anyCertificate = Boolean.parseBoolean(environment.getOrDefault("MLFLOW_S3_IGNORE_TLS", "false"));
            AttributeMap options = AttributeMap.builder()
                    .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, anyCertificate)
                    .build();
            var builder = S3Client.builder()
                    .httpClient(Apache5HttpClient.builder().buildWithDefaults(options))
                    .serviceConfiguration(serviceConfiguration())
                    .crossRegionAccessEnabled(endpoint.isEmpty())
                    .region(region());
            firstSet("MLFLOW_S3_EXPECTED_BUCKET_OWNER")
                    .ifPresent(owner -> builder.overrideConfiguration(c -> c.putHeader(EXPECTED_OWNER_HEADER, owner)));
            credentials().ifPresent(builder::credentialsProvider);
            endpoint.ifPresent(builder::endpointOverride);
            client = builder.build();
        }
        return client;
    }

    synchronized S3Presigner presigner() {
        if (presigner == null) {
            var builder = S3Presigner.builder()
                    .serviceConfiguration(serviceConfiguration())
                    .region(region());
            credentials().ifPresent(builder::credentialsProvider);
            endpoint.ifPresent(builder::endpointOverride);
            presigner = builder.build();
        }
        return presigner;
    }

    private boolean isPathStyle(String style) {
        return switch (style) {
            case "auto" -> endpoint.isPresent();
            case "path" -> true;
            case "virtual" -> false;
            default ->
                throw invalid("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE must be auto, path or virtual (got '%s')", style);
        };
    }

    private static URI endpoint(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        throw invalid(
                "The S3 endpoint (MLFLOW_S3_ENDPOINT_URL or AWS_ENDPOINT_URL) must be a URL such as https://s3.example.com");
    }

    private Region region() {
        Optional<String> named = firstSet("AWS_REGION", "AWS_DEFAULT_REGION");
        if (named.isPresent() || endpoint.isPresent()) {
            return Region.of(named.orElse(DEFAULT_REGION)); // servers other than AWS have no regions
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (SdkClientException e) {
            return Region.of(DEFAULT_REGION);
        }
    }

    /** Returns the keys of the environment; empty if the SDK has to look for credentials. */
    private Optional<AwsCredentialsProvider> credentials() {
        Optional<String> id = firstSet("AWS_ACCESS_KEY_ID");
        Optional<String> secret = firstSet("AWS_SECRET_ACCESS_KEY");
        if (id.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        AwsCredentials keys = firstSet("AWS_SESSION_TOKEN")
                .<AwsCredentials>map(token -> AwsSessionCredentials.create(id.get(), secret.get(), token))
                .orElseGet(() -> AwsBasicCredentials.create(id.get(), secret.get()));
        return Optional.of(StaticCredentialsProvider.create(keys));
    }

    /** Servers other than AWS have no host names for buckets, unless the operator says that they have. */
    private S3Configuration serviceConfiguration() {
        return S3Configuration.builder().pathStyleAccessEnabled(pathStyle).build();
    }

    private Optional<String> firstSet(String... names) {
        for (String name : names) {
            String value = environment.get(name);
            if (value != null && !value.isBlank()) {
                return Optional.of(value.strip());
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
        if (presigner != null) {
            presigner.close();
        }
    }
}
