package dev.kiroku.artifacts.local;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStoreProvider;
import dev.kiroku.core.files.FileErrors;
import dev.kiroku.core.net.LenientUri;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.file.Files;
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
        Path folder = toPath(location);
        requireUsable(folder);
        LocalArtifactStore store = new LocalArtifactStore(folder);
        try {
            store.removeAbandonedUploads();
        } catch (IOException e) {
            throw unusable(folder, FileErrors.reason(e));
        }
        return store;
    }

    /** Throws if a folder exists and cannot be read, or cannot be created by the first write because a file is in its way. */
    private static void requireUsable(Path folder) {
        Path existing = folder;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing != null && !Files.isDirectory(existing)) {
            throw unusable(folder, existing + " is not a folder");
        }
        if (folder.equals(existing) && !(Files.isReadable(folder) && Files.isExecutable(folder))) {
            throw unusable(folder, "permission denied");
        }
    }

    private static KirokuException unusable(Path folder, String reason) {
        return invalid(
                "The folder for artifacts, %s, cannot be used: %s. Name another one, or change its permissions.",
                folder, reason);
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
