package dev.kiroku.artifacts.http;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Artifact store of another server, of Kiroku or MLflow, reached with the API for proxied artifacts. Credentials are those of MLflow's clients:
 * {@code MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and {@code MLFLOW_TRACKING_PASSWORD}.
 */
final class HttpArtifactStore implements ArtifactStore {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final URI route;
    private final ArtifactPath root;
    private final Optional<String> authorization;

    /**
     * Creates a store.
     *
     * @param route the URL of the API for proxied artifacts
     * @param root the folder below it that is the root of this store
     */
    HttpArtifactStore(URI route, ArtifactPath root, Map<String, String> settings) {
        this.route = route;
        this.root = root;
        this.authorization = authorization(settings);
    }

    private static Optional<String> authorization(Map<String, String> settings) {
        String token = settings.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
        if (!token.isEmpty()) {
            return Optional.of("Bearer " + token);
        }
        String user = settings.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
        String password = settings.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
        byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return user.isEmpty()
                ? Optional.empty()
                : Optional.of("Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    @Override
    public List<FileInfo> list(ArtifactPath folder) throws IOException {
        String path = root.resolve(folder).value();
        URI uri = URI.create(route + "?path=" + encode(path));
        HttpResponse<InputStream> response = send(request(uri).GET());
        try (InputStream body = response.body()) {
            if (response.statusCode() == 404) {
                return List.of();
            }
            requireSuccess(response.statusCode(), folder);
            String prefix = folder.isRoot() ? "" : folder.value() + "/";
            List<FileInfo> entries = new ArrayList<>();
            for (JsonNode file : JSON.readTree(body).path("files")) {
                boolean isFolder = file.path("is_dir").asBoolean(false);
                String name = prefix + file.path("path").asString("");
                entries.add(new FileInfo(
                        name, isFolder, isFolder ? null : file.path("file_size").asLong(0)));
            }
            entries.sort(Comparator.comparing(FileInfo::path));
            return entries;
        } catch (JacksonException e) {
            throw new IOException("the artifact server did not answer with a listing", e);
        }
    }

    /** A request for the first byte: unlike HEAD, it does not make a server in front of an object store fetch the whole file. */
    @Override
    public Optional<Stat> stat(ArtifactPath file) throws IOException {
        if (file.isRoot()) {
            return Optional.empty();
        }
        HttpResponse<InputStream> response =
                send(request(uri(file)).header("Range", "bytes=0-0").GET());
        response.body().close();
        return switch (response.statusCode()) {
            // 400: the path is a folder
            case 400, 404 -> Optional.empty();
            case 200, 206, 416 -> Optional.of(new Stat(size(response), etag(response)));
            default -> {
                requireSuccess(response.statusCode(), file);
                throw new IOException("the artifact server answered with status " + response.statusCode());
            }
        };
    }

    private static long size(HttpResponse<?> response) throws IOException {
        Optional<String> range = response.headers().firstValue("Content-Range");
        try {
            return range.isPresent()
                    ? Long.parseLong(range.get().substring(range.get().indexOf('/') + 1))
                    : response.headers().firstValueAsLong("Content-Length").orElseThrow();
        } catch (RuntimeException e) {
            throw new IOException("the artifact server did not say how long the file is", e);
        }
    }

    /** Without an ETag a response cannot be compared with an earlier one: each counts as another content. */
    private static String etag(HttpResponse<?> response) {
        return response.headers()
                .firstValue("ETag")
                .map(etag -> etag.replace("W/", "").replace("\"", ""))
                .orElseGet(() -> UUID.randomUUID().toString());
    }

    @Override
    public InputStream read(ArtifactPath file, Stat expected, long offset, long length) throws IOException {
        if (length == 0) {
            return InputStream.nullInputStream();
        }
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        HttpResponse<InputStream> response =
                send(request(uri(file)).header("Range", range).GET());
        InputStream body = response.body();
        try {
            if (response.statusCode() == 404) {
                throw notFound("There is no artifact at '%s'.", file.value());
            }
            requireSuccess(response.statusCode(), file);
            boolean changed = response.headers().firstValue("ETag").isPresent()
                    && !etag(response).equals(expected.etag());
            if (changed || size(response) != expected.size()) {
                throw ArtifactStore.changedException(file);
            }
            if (response.statusCode() != 206) {
                body.skipNBytes(offset);
            }
            return body;
        } catch (IOException | RuntimeException e) {
            body.close();
            throw e;
        }
    }

    @Override
    public void write(ArtifactPath file, InputStream content, long length) throws IOException {
        if (file.isRoot()) {
            throw invalid("Invalid path: a file's name is missing.");
        }
        HttpRequest.BodyPublisher stream = HttpRequest.BodyPublishers.ofInputStream(() -> content);
        HttpRequest.BodyPublisher body = length > 0
                ? HttpRequest.BodyPublishers.fromPublisher(stream, length)
                : length == 0 ? HttpRequest.BodyPublishers.noBody() : stream;
        complete(send(request(uri(file)).PUT(body)), file);
    }

    @Override
    public void delete(ArtifactPath path) throws IOException {
        if (path.isRoot()) {
            throw invalid("Invalid path: the root of all artifacts cannot be deleted.");
        }
        HttpResponse<InputStream> response = send(request(uri(path)).DELETE());
        if (response.statusCode() == 404) {
            response.body().close();
            return;
        }
        complete(response, path);
    }

    private static void complete(HttpResponse<InputStream> response, ArtifactPath path) throws IOException {
        try (InputStream body = response.body()) {
            body.readAllBytes();
        }
        requireSuccess(response.statusCode(), path);
    }

    private static void requireSuccess(int status, ArtifactPath path) throws IOException {
        if (status == 401 || status == 403) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    "The artifact server refuses this server's credentials (" + status
                            + "). The operator must set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.");
        }
        if (status == 400) {
            throw invalid("The artifact server rejected the path '%s'.", path.value());
        }
        if (status >= 300) {
            throw new IOException("the artifact server answered with status " + status);
        }
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(RESPONSE_TIMEOUT);
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private URI uri(ArtifactPath path) {
        return URI.create(route + "/"
                + root.resolve(path).parts().stream()
                        .map(HttpArtifactStore::encode)
                        .collect(Collectors.joining("/")));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        client.close();
    }
}
