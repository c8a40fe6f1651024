package dev.kiroku.artifacts;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * How to reach S3. Credentials and region come as AWS's own tools take them (environment, profile files, roles of the machine); endpoint
 * and upload settings by MLflow's variables. Made when first needed: a server on local disk never pays for it.
 */
final class S3Connection implements AutoCloseable {
    private static final String DEFAULT_REGION = "us-east-1";

    private final Map<String, String> environment;
    private final S3Extras extras;
    private S3Client client;
    private S3Presigner presigner;

    /** @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE when MLFLOW_S3_UPLOAD_EXTRA_ARGS cannot be used */
    S3Connection(Map<String, String> environment) {
        this.environment = environment;
        this.extras = S3Extras.parse(environment.get("MLFLOW_S3_UPLOAD_EXTRA_ARGS"));
    }

    S3Extras extras() {
        return extras;
    }

    synchronized S3Client client() {
        if (client == null) {
            boolean anyCertificate = Boolean.parseBoolean(environment.getOrDefault("MLFLOW_S3_IGNORE_TLS", "false"));
            AttributeMap options = AttributeMap.builder().put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, anyCertificate).build();
            var builder = S3Client.builder()
                    .httpClient(UrlConnectionHttpClient.builder().buildWithDefaults(options))
                    .serviceConfiguration(addressing());
            endpoint().ifPresent(builder::endpointOverride);
            region().ifPresent(builder::region);
            client = builder.build();
        }
        return client;
    }

    synchronized S3Presigner presigner() {
        if (presigner == null) {
            var builder = S3Presigner.builder().serviceConfiguration(addressing());
            endpoint().ifPresent(builder::endpointOverride);
            region().ifPresent(builder::region);
            presigner = builder.build();
        }
        return presigner;
    }

    private Optional<URI> endpoint() {
        return first("MLFLOW_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL").map(URI::create);
    }

    /** Another server than AWS's has no regions, and no names of its own for buckets. */
    private Optional<Region> region() {
        Supplier<Optional<String>> byDefault = () -> endpoint().map(e -> DEFAULT_REGION);
        return first("AWS_REGION", "AWS_DEFAULT_REGION").or(byDefault).map(Region::of);
    }

    private S3Configuration addressing() {
        return S3Configuration.builder().pathStyleAccessEnabled(endpoint().isPresent()).build();
    }

    private Optional<String> first(String... names) {
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
