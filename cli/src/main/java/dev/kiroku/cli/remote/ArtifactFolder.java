package dev.kiroku.cli.remote;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import dev.kiroku.core.net.LenientUri;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A folder of artifacts, in the tracking server's artifact proxy or in a store that this process reads and writes itself. Thread-safe. */
public sealed interface ArtifactFolder extends AutoCloseable {
    /** A URI with its scheme. A single letter is the drive of a path. */
    Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    /** Lists a folder, ordered by name. Paths are relative to this folder; sizes are null for folders. */
    List<FileInfo> list(ArtifactPath path) throws IOException;

    /** Opens a file. The caller closes the stream. */
    InputStream open(ArtifactPath file) throws IOException;

    /** Uploads a file. A file with this path is replaced. */
    void upload(ArtifactPath path, Path file) throws IOException;

    @Override
    default void close() {}

    /**
     * Opens a folder.
     *
     * @param uri {@code mlflow-artifacts:/path} or the location of a store
     * @param environment the credentials of stores
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if there is no store for such a location
     */
    static ArtifactFolder open(String uri, TrackingClient server, Map<String, String> environment) {
        Matcher parts = SCHEME.matcher(uri);
        String scheme = parts.matches() ? parts.group(1).toLowerCase(Locale.ROOT) : ArtifactStoreProvider.FILE_SCHEME;
        if (scheme.equals("mlflow-artifacts")) {
            LenientUri location = LenientUri.parse(uri);
            if (!location.host().isEmpty()) {
                throw KirokuException.invalid(
                        "%s names another server: use mlflow-artifacts:/… and --tracking-uri.", uri);
            }
            return new ProxyFolder(
                    server, ArtifactPath.of(location.decodedPath().replaceAll("^/+|/+$", "")));
        }
        for (ArtifactStoreProvider provider : ServiceLoader.load(ArtifactStoreProvider.class)) {
            if (provider.schemes().contains(scheme)) {
                return new StoreFolder(provider.open(uri, environment));
            }
        }
        throw KirokuException.invalid(
                "Artifacts at %s:… cannot be read and written by this program. Supported are mlflow-artifacts:, s3:, http(s): and folders.",
                scheme);
    }

    /** A folder below {@code mlflow-artifacts:/}. */
    record ProxyFolder(TrackingClient server, ArtifactPath root) implements ArtifactFolder {
        @Override
        public List<FileInfo> list(ArtifactPath path) {
            var request = new ArtifactApi.ListProxiedArtifactsRequest(
                    root.resolve(path).value());
            return server.call(ArtifactApi.LIST_PROXIED, request).files().stream()
                    .map(file -> {
                        String name = file.path().substring(file.path().lastIndexOf('/') + 1);
                        return sized(path.resolve(ArtifactPath.of(name)), file);
                    })
                    .sorted(Comparator.comparing(FileInfo::path))
                    .toList();
        }

        @Override
        public InputStream open(ArtifactPath file) {
            return server.openArtifact(root.resolve(file).value());
        }

        @Override
        public void upload(ArtifactPath path, Path file) throws IOException {
            server.uploadArtifact(root.resolve(path).value(), file);
        }
    }

    /** A folder of a store. */
    record StoreFolder(ArtifactStore store) implements ArtifactFolder {
        @Override
        public List<FileInfo> list(ArtifactPath path) throws IOException {
            return store.list(path).stream()
                    .map(file -> sized(ArtifactPath.of(file.path()), file))
                    .toList();
        }

        @Override
        public InputStream open(ArtifactPath file) throws IOException {
            ArtifactStore.Stat stat = store.stat(file)
                    .orElseThrow(() -> KirokuException.notFound("No such artifact: '%s'", file.value()));
            return store.read(file, stat, 0, stat.size());
        }

        @Override
        public void upload(ArtifactPath path, Path file) throws IOException {
            try (InputStream content = Files.newInputStream(file)) {
                store.write(path, content, Files.size(file));
            }
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static FileInfo sized(ArtifactPath path, FileInfo file) {
        // A server leaves out the size of an empty file, because zero is the default of the field.
        Long size = file.isDir() ? null : file.fileSize() == null ? Long.valueOf(0) : file.fileSize();
        return new FileInfo(path.value(), file.isDir(), size);
    }
}
