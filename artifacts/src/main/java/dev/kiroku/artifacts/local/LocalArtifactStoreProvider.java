package dev.kiroku.artifacts.local;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import dev.kiroku.core.net.LenientUri;
import java.io.IOException;
import java.nio.file.InvalidPathException;
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
            LenientUri uri = LenientUri.parse(location);
            boolean foreignHost = !uri.host().isEmpty() && !uri.host().equals("localhost");
            if (uri.scheme().equals(FILE_SCHEME) && foreignHost) {
                throw invalid("'%s' is a folder of another machine; mount it, and name the folder here", location);
            }
            Path path = Path.of(uri.scheme().equals(FILE_SCHEME) ? uri.decodedPath() : location);
            return path.toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw invalid("'%s' is not a folder on this machine", location);
        }
    }
}
