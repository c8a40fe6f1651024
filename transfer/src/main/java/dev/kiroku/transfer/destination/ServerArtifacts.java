package dev.kiroku.transfer.destination;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.net.LenientUri;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import dev.kiroku.transfer.artifacts.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The artifacts that a running server serves, written over its API with the rights of the user. Thread-safe. */
public final class ServerArtifacts implements ArtifactStores {
    private static final String SCHEME = "mlflow-artifacts";
    private static final Set<ErrorCode> AWAY =
            EnumSet.of(ErrorCode.TEMPORARILY_UNAVAILABLE, ErrorCode.REQUEST_LIMIT_EXCEEDED);

    private final TrackingClient server;
    private final ProxiedStore store = new ProxiedStore();

    /** Creates a view of the artifacts; no request is sent. */
    public ServerArtifacts(TrackingClient server) {
        this.server = server;
    }

    @Override
    public Location resolve(String uri) {
        LenientUri location = LenientUri.parse(uri);
        if (!location.scheme().equals(SCHEME)) {
            throw KirokuException.invalid(
                    "The server keeps artifacts at %s, which clients write themselves. Copy them with a tool of that store, or start the server with --artifacts-destination; --artifacts skip sends everything else.",
                    uri.replaceAll("//[^/@]*@", "//***@"));
        }
        return new Location(store, ArtifactPath.of(location.decodedPath().replaceAll("^/+|/+$", "")));
    }

    @Override
    public ArtifactStore proxied() {
        return store;
    }

    @Override
    public String canonicalize(String uri) {
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    }

    @Override
    public String canonicalize(ArtifactPath path) {
        return SCHEME + ":/" + path.value();
    }

    /** The store of {@code mlflow-artifacts:} URIs. */
    private final class ProxiedStore implements ArtifactStore {
        @Override
        public List<FileInfo> list(ArtifactPath folder) {
            List<FileInfo> files;
            try {
                files = server.call(
                                ArtifactApi.LIST_PROXIED, new ArtifactApi.ListProxiedArtifactsRequest(folder.value()))
                        .files();
            } catch (KirokuException e) {
                if (e.code() == ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                    return List.of();
                }
                throw e;
            }
            String prefix = folder.isRoot() ? "" : folder.value() + "/";
            return files.stream()
                    .map(file -> new FileInfo(prefix + file.path(), file.isDir(), file.fileSize()))
                    .sorted(Comparator.comparing(FileInfo::path))
                    .toList();
        }

        @Override
        public Optional<Stat> stat(ArtifactPath file) {
            OptionalLong size = server.findArtifactSize(file.value());
            return size.isPresent() ? Optional.of(new Stat(size.getAsLong(), "")) : Optional.empty();
        }

        @Override
        public InputStream read(ArtifactPath file, Stat expected, long offset, long length) throws IOException {
            InputStream content = server.openArtifact(file.value());
            content.skipNBytes(offset);
            return content;
        }

        @Override
        public void write(ArtifactPath file, InputStream content, long length) throws UnavailableException {
            try {
                server.uploadArtifact(file.value(), content, length);
            } catch (KirokuException e) {
                if (AWAY.contains(e.code())) {
                    throw new UnavailableException(e);
                }
                throw e;
            }
        }

        @Override
        public void delete(ArtifactPath path) {
            throw new KirokuException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "The artifact '" + path.value()
                            + "' on the server has another content. Delete it there, and run the command again.");
        }
    }
}
