package dev.kiroku.artifacts;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The places that the operator has named: the destination of what clients send through this server, and the default root of what they
 * store by themselves. Nothing else is opened, whatever a client wrote into an experiment.
 */
public final class ConfiguredArtifactStores implements ArtifactStores, AutoCloseable {
    /** @param base the root as URIs below it begin, without a slash at the end */
    private record Root(String base, ArtifactStore store) {}

    private final S3Clients s3;
    private final ArtifactStore served;
    private final List<Root> roots = new ArrayList<>();

    /**
     * @param destination a folder, {@code file:} URI or {@code s3://bucket/prefix} for artifacts that go through this server; null when none do
     * @param defaultRoot where experiments keep their artifacts unless they say otherwise; {@code mlflow-artifacts:/} is the destination
     * @param environment for S3 (see {@link S3Clients})
     * @throws KirokuException INVALID_PARAMETER_VALUE when a place is of a kind that is not supported
     */
    public ConfiguredArtifactStores(String destination, String defaultRoot, Map<String, String> environment) {
        this.s3 = new S3Clients(environment);
        this.served = destination == null ? null : open(destination);
        if (!defaultRoot.startsWith("mlflow-artifacts:")) {
            roots.add(new Root(normalize(defaultRoot), open(defaultRoot)));
        }
    }

    private ArtifactStore open(String place) {
        if (place.startsWith("s3:")) {
            URI uri = URI.create(place);
            if (uri.getHost() == null && uri.getAuthority() == null) {
                throw invalid("'%s' names no bucket; an S3 place looks like s3://bucket/folder", place);
            }
            return new S3ArtifactStore(s3, uri.getAuthority(), stripSlashes(uri.getPath()));
        }
        if (isLocal(place)) {
            LocalArtifactStore local = new LocalArtifactStore(localPath(place));
            try {
                local.removeAbandonedUploads();
            } catch (IOException e) {
                throw invalid("The folder for artifacts, %s, cannot be used: %s", place, e.getMessage());
            }
            return local;
        }
        throw invalid(
                "Artifacts cannot be kept at '%s': supported are folders, file: URIs and s3://bucket/folder",
                place.replaceAll("//[^/@]*@", "//***@"));
    }

    @Override
    public ArtifactStore proxied() {
        if (served == null) {
            throw new KirokuException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "This server does not serve artifacts: it was started with --no-serve-artifacts. Read and write them where they are.");
        }
        return served;
    }

    @Override
    public Location resolve(String uri) {
        if (uri.startsWith("mlflow-artifacts:")) {
            try {
                String path = new URI(uri).getPath();
                return new Location(proxied(), ArtifactPath.of(stripSlashes(path)));
            } catch (URISyntaxException e) {
                throw invalid("The artifact location '%s' is not a URI.", uri);
            }
        }
        String wanted = normalize(uri);
        for (Root root : roots) {
            if (wanted.equals(root.base)) {
                return new Location(root.store, ArtifactPath.ROOT);
            }
            if (wanted.startsWith(root.base + "/")) {
                return new Location(root.store, ArtifactPath.of(wanted.substring(root.base.length() + 1)));
            }
        }
        throw invalid(
                "The artifacts are at a place that this server does not open, because a client named it and not the server's operator: %s. Read them "
                        + "with a client that can reach that place, or have the server started with --default-artifact-root there.",
                uri.replaceAll("//[^/@]*@", "//***@"));
    }

    /** How URIs of the same place begin, whichever way they are written. */
    private static String normalize(String place) {
        String text = isLocal(place) ? localPath(place).toString() : place;
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static boolean isLocal(String place) {
        return place.startsWith("file:") || !place.matches("[A-Za-z][A-Za-z0-9+.-]+:.*");
    }

    private static Path localPath(String place) {
        try {
            Path path = place.startsWith("file:") ? Path.of(new URI(place).getPath()) : Path.of(place);
            return path.toAbsolutePath().normalize();
        } catch (URISyntaxException | RuntimeException e) {
            throw invalid("'%s' is not a folder on this machine", place);
        }
    }

    private static String stripSlashes(String path) {
        return path == null ? "" : path.replaceAll("^/+|/+$", "");
    }

    @Override
    public void close() {
        s3.close();
    }
}
