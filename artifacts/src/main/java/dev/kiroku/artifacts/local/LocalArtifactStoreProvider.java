package dev.kiroku.artifacts.local;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Opens folders of this machine: {@code file:} URIs and plain paths. */
public final class LocalArtifactStoreProvider implements ArtifactStoreProvider {
    @Override
    public Set<String> schemes() {
        return Set.of(FILE_SCHEME);
    }

    @Override
    public ArtifactStore open(String location, Map<String, String> settings) {
        LocalArtifactStore store = new LocalArtifactStore(toPath(location));
        try {
            store.removeAbandonedUploads();
        } catch (IOException e) {
            throw invalid("The folder for artifacts, %s, cannot be used: %s", location, e.getMessage());
        }
        return store;
    }

    @Override
    public String canonicalize(String location) {
        String path = toPath(location).toString();
        return path.equals("/") ? "" : path;
    }

    private static Path toPath(String location) {
        try {
            Path path = location.startsWith("file:") ? Path.of(new URI(location).getPath()) : Path.of(location);
            return path.toAbsolutePath().normalize();
        } catch (URISyntaxException | RuntimeException e) {
            throw invalid("'%s' is not a folder on this machine", location);
        }
    }
}
