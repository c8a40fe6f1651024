package dev.kiroku.client;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.wire.WireReader;
import dev.kiroku.wire.WireWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Client of a tracking server, Kiroku or MLflow. Thread-safe.
 *
 * <p>A request that the server has certainly not executed (status 429) is retried; one that it may have executed (502, 503, 504, a broken
 * connection) only if it is safe to execute it twice. The delay between attempts doubles and is never shorter than {@code Retry-After}.
 *
 * <p>All methods throw {@link KirokuException} with the server's error code and message if it refuses a request, and with
 * {@code TEMPORARILY_UNAVAILABLE} if there is no response.
 */
public final class TrackingClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TRANSFER_TIMEOUT = Duration.ofMinutes(30);
    private static final long FIRST_DELAY_MILLIS = 400;
    private static final long MAX_DELAY_MILLIS = 30_000;
    private static final Set<Integer> RETRYABLE_IF_SAFE = Set.of(502, 503, 504);
    private static final Set<ErrorCode> NOT_A_FILE =
            Set.of(ErrorCode.RESOURCE_DOES_NOT_EXIST, ErrorCode.NOT_FOUND, ErrorCode.INVALID_PARAMETER_VALUE);
    private static final int MAX_ERROR_BYTES = 64 << 10;
    private static final int MAX_QUOTED_LENGTH = 500;
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)(\\.\\.\\.)?}");

    private final ClientSettings settings;
    private final HttpClient http;
    private final WireWriter writer = new WireWriter();
    private final WireReader reader = new WireReader();
    private final JsonMapper json = JsonMapper.shared();

    /** Creates a client. No request is sent. */
    public TrackingClient(ClientSettings settings) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER);
        if (!settings.tls().equals(ClientSettings.Tls.DEFAULT)) {
            builder.sslContext(TlsContext.create(settings.tls()));
        }
        this.http = builder.build();
    }

    /** Calls an operation and returns its response. */
    public <Q extends Record, R extends Record> R call(Endpoint<Q, R> endpoint, Q request) {
        byte[] body = writer.toJson(request);
        JsonNode fields = json.readTree(body);
        Set<String> pathVariables = new HashSet<>();
        String path = "/api" + expand(endpoint.path(), fields, pathVariables);
        boolean isGet = endpoint.method() == HttpMethod.GET;
        HttpRequest.Builder builder = request(isGet ? path + query(fields, pathVariables) : path);
        if (!isGet) {
            builder.header("Content-Type", "application/json")
                    .method(endpoint.method().name(), HttpRequest.BodyPublishers.ofByteArray(body));
        }
        boolean safe = isGet || endpoint.resources().stream().allMatch(access -> access.action() == Action.READ);
        HttpResponse<InputStream> response = send(builder.build(), safe);
        return reader.fromJson(readAll(response), Map.of(), endpoint.response());
    }

    /**
     * Returns the content of a route that is not a JSON operation.
     *
     * @param path below the base URI, with each segment encoded
     * @param query the parameters, not encoded
     */
    public byte[] get(String path, Map<String, String> query) {
        return readAll(send(request(path + query(query)).build(), true));
    }

    /**
     * Opens the content of a route for streaming. The caller closes the stream.
     *
     * @param path below the base URI, with each segment encoded
     * @param query the parameters, not encoded
     */
    public InputStream open(String path, Map<String, String> query) {
        return send(request(path + query(query)).build(), true).body();
    }

    /**
     * Opens the response to a search for streaming. The caller closes the stream.
     *
     * @param path below the base URI of an operation that only reads, because it may be sent twice
     * @param body the request as JSON
     */
    public InputStream openSearch(String path, byte[] body) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return send(request, true).body();
    }

    /**
     * Opens a file of the server's artifact proxy for streaming. The caller closes the stream.
     *
     * @param path of the file below {@code mlflow-artifacts:/}
     */
    public InputStream openArtifact(String path) {
        HttpRequest request =
                request(artifactPath(path)).timeout(TRANSFER_TIMEOUT).build();
        return send(request, true).body();
    }

    /**
     * Uploads a file to the server's artifact proxy. A file with this path is replaced.
     *
     * @param path of the artifact below {@code mlflow-artifacts:/}
     * @throws FileNotFoundException if the local file does not exist
     */
    public void uploadArtifact(String path, Path file) throws FileNotFoundException {
        HttpRequest request = request(artifactPath(path))
                .timeout(TRANSFER_TIMEOUT)
                .PUT(HttpRequest.BodyPublishers.ofFile(file))
                .build();
        readAll(send(request, true));
    }

    /**
     * Uploads the content of a stream to the server's artifact proxy. A file with this path is replaced. Sent once: a stream cannot be read again. Also
     * throws {@code REQUEST_LIMIT_EXCEEDED} if the server is busy.
     *
     * @param path of the artifact below {@code mlflow-artifacts:/}
     * @param length the number of bytes of the stream
     */
    public void uploadArtifact(String path, InputStream content, long length) {
        HttpRequest.BodyPublisher body = length == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofInputStream(() -> content), length);
        HttpRequest request =
                request(artifactPath(path)).timeout(TRANSFER_TIMEOUT).PUT(body).build();
        readAll(send(request, false, false));
    }

    /**
     * Returns the size of a file of the server's artifact proxy in bytes; empty if there is no such file.
     *
     * @param path of the file below {@code mlflow-artifacts:/}
     */
    public OptionalLong findArtifactSize(String path) {
        // The first byte: unlike HEAD, it does not make a server in front of an object store fetch the whole file.
        HttpRequest request =
                request(artifactPath(path)).header("Range", "bytes=0-0").build();
        try {
            HttpResponse<InputStream> response = send(request, true);
            readAll(response);
            String range = response.headers().firstValue("Content-Range").orElse("");
            String size = range.substring(range.indexOf('/') + 1);
            return size.matches("\\d{1,18}")
                    ? OptionalLong.of(Long.parseLong(size))
                    : response.headers().firstValueAsLong("Content-Length");
        } catch (KirokuException e) {
            if (NOT_A_FILE.contains(e.code())) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        http.close();
    }

    private static String artifactPath(String path) {
        return "/api/2.0/mlflow-artifacts/artifacts/" + encodePath(path);
    }

    /** Replaces the variables of a path template by the fields of a request. Adds their names to {@code used}. */
    private static String expand(String template, JsonNode fields, Set<String> used) {
        return VARIABLE.matcher(template).replaceAll(variable -> {
            used.add(variable.group(1));
            String value = fields.path(variable.group(1)).asString("");
            return Matcher.quoteReplacement(variable.group(2) == null ? encode(value) : encodePath(value));
        });
    }

    private static String query(JsonNode fields, Set<String> pathVariables) {
        List<String> parts = new ArrayList<>();
        fields.forEachEntry((name, value) -> {
            if (pathVariables.contains(name)) {
                return;
            }
            if (value.isArray()) {
                value.forEach(item -> parts.add(name + "=" + encode(item.asString())));
            } else {
                parts.add(name + "=" + encode(value.asString()));
            }
        });
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private static String query(Map<String, String> parameters) {
        List<String> parts = new ArrayList<>();
        parameters.forEach((name, value) -> parts.add(name + "=" + encode(value)));
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private static String encodePath(String path) {
        return String.join(
                "/", Arrays.stream(path.split("/")).map(TrackingClient::encode).toList());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.baseUri() + pathAndQuery))
                .timeout(settings.requestTimeout());
        return settings.authorization() == null ? request : request.header("Authorization", settings.authorization());
    }

    /** @param safe whether the request may be executed twice */
    private HttpResponse<InputStream> send(HttpRequest request, boolean safe) {
        return send(request, safe, true);
    }

    /** @param repeatable whether the body can be sent again after the server has answered */
    private HttpResponse<InputStream> send(HttpRequest request, boolean safe, boolean repeatable) {
        for (int attempt = 0; ; attempt++) {
            boolean last = attempt >= settings.maxRetries();
            long retryAfterMillis = 0;
            try {
                HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                int status = response.statusCode();
                // 416: the answer of an empty file to a request for its first byte
                if (status / 100 == 2 || status == 416) {
                    return response;
                }
                boolean retryable = repeatable && status == 429 || safe && RETRYABLE_IF_SAFE.contains(status);
                if (last || !retryable) {
                    throw refusal(response);
                }
                response.body().close();
                retryAfterMillis = retryAfterMillis(response);
            } catch (ConnectException | HttpConnectTimeoutException e) {
                if (last || !settings.retryConnect()) {
                    throw unreachable(e);
                }
            } catch (IOException e) {
                if (last || !safe) {
                    throw unreachable(e);
                }
            } catch (InterruptedException e) {
                throw interrupted();
            }
            sleep(Math.max(retryAfterMillis, FIRST_DELAY_MILLIS << Math.min(attempt, 16)));
        }
    }

    private static long retryAfterMillis(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> 1000 * Long.parseLong(seconds))
                .orElse(0L);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(Math.min(millis, MAX_DELAY_MILLIS));
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private byte[] readAll(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private KirokuException unreachable(IOException e) {
        String reason = e instanceof ConnectException || e.getMessage() == null
                ? "connection refused or host unknown"
                : e.getMessage();
        return new KirokuException(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                "Cannot reach the tracking server at " + settings.displayUri() + ": " + reason
                        + ". Check that it is running and that " + ClientSettings.TRACKING_URI + " is its address.",
                e);
    }

    private static KirokuException interrupted() {
        Thread.currentThread().interrupt();
        return new KirokuException(ErrorCode.TEMPORARILY_UNAVAILABLE, "interrupted");
    }

    private KirokuException refusal(HttpResponse<InputStream> response) {
        String text;
        try (InputStream body = response.body()) {
            text = new String(body.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int status = response.statusCode();
        try {
            JsonNode error = json.readTree(text);
            String message = error.path("message").asString("");
            if (!message.isEmpty()) {
                return new KirokuException(errorCode(error.path("error_code").asString(""), status), message);
            }
        } catch (JacksonException e) {
            // not MLflow's error form: reported below
        }
        String hint = status == 401 || status == 403
                ? " Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN."
                : " Check that this is the address of a tracking server.";
        return new KirokuException(
                errorCode("", status),
                settings.displayUri() + " answered with status " + status + ": "
                        + text.substring(0, Math.min(text.length(), MAX_QUOTED_LENGTH))
                                .strip() + "." + hint);
    }

    private static ErrorCode errorCode(String name, int status) {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.name().equals(name))
                .findFirst()
                .orElse(
                        switch (status) {
                            case 401 -> ErrorCode.UNAUTHENTICATED;
                            case 403 -> ErrorCode.PERMISSION_DENIED;
                            case 404 -> ErrorCode.NOT_FOUND;
                            case 429 -> ErrorCode.REQUEST_LIMIT_EXCEEDED;
                            case 501 -> ErrorCode.NOT_IMPLEMENTED;
                            case 502, 503, 504 -> ErrorCode.TEMPORARILY_UNAVAILABLE;
                            default -> status >= 500 ? ErrorCode.INTERNAL_ERROR : ErrorCode.BAD_REQUEST;
                        });
    }
}
