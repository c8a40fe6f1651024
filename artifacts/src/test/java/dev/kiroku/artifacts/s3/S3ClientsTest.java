package dev.kiroku.artifacts.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.kiroku.model.KirokuException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The variables of MLflow that change requests to S3. */
class S3ClientsTest {
    private static Map<String, String> environment(String... more) {
        Map<String, String> environment =
                new HashMap<>(Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret"));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    @Test
    void requestsNameTheExpectedOwnerOfTheBucket() throws Exception {
        BlockingQueue<String> owners = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            owners.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-amz-expected-bucket-owner")));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
        try (S3Clients named = new S3Clients(environment(
                        "MLFLOW_S3_ENDPOINT_URL", endpoint, "MLFLOW_S3_EXPECTED_BUCKET_OWNER", "123456789012"));
                S3Clients unnamed = new S3Clients(environment("MLFLOW_S3_ENDPOINT_URL", endpoint))) {
            named.client().headBucket(request -> request.bucket("bucket"));
            assertEquals("123456789012", owners.take());
            unnamed.client().headBucket(request -> request.bucket("bucket"));
            assertEquals("null", owners.take());
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            '',      '',                       bucket.s3.amazonaws.com
            auto,    '',                       bucket.s3.amazonaws.com
            path,    '',                       s3.amazonaws.com
            virtual, '',                       bucket.s3.amazonaws.com
            '',      http://s3.example:9000,   s3.example
            path,    http://s3.example:9000,   s3.example
            virtual, http://s3.example:9000,   bucket.s3.example
            """)
    void bucketIsInThePathOrInTheHostName(String style, String endpoint, String host) {
        try (S3Clients clients = new S3Clients(environment(
                "AWS_REGION", "us-east-1",
                "MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", style,
                "MLFLOW_S3_ENDPOINT_URL", endpoint))) {
            String url = clients.presigner()
                    .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(1))
                            .getObjectRequest(object -> object.bucket("bucket").key("key")))
                    .url()
                    .toString();
            assertEquals(host, URI.create(url).getHost(), url);
        }
    }

    @Test
    void unknownAddressingStyleIsRefused() {
        KirokuException refusal = assertThrows(
                KirokuException.class, () -> new S3Clients(environment("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", "dns")));
        assertTrue(refusal.getMessage().contains("must be auto, path or virtual"), refusal.getMessage());
    }
}
