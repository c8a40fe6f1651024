package dev.kiroku.serving.source;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A remote directory. Thread-safe. */
interface RemoteFiles {
    /**
     * Lists a directory.
     *
     * @param path relative to this directory; an empty string for this directory itself
     * @return files and directories, with paths relative to this directory
     */
    List<FileInfo> list(String path) throws IOException;

    /** Opens a file. The caller closes the stream. */
    InputStream open(FileInfo file) throws IOException;

    /** A directory below {@code mlflow-artifacts:/} of a tracking server. */
    record TrackingServerFiles(TrackingServer server, String root) implements RemoteFiles {
        @Override
        public List<FileInfo> list(String path) throws IOException {
            var request = new ArtifactApi.ListProxiedArtifactsRequest(join(root, path));
            return server.call(ArtifactApi.LIST_PROXIED, request).files().stream()
                    .map(file -> new FileInfo(
                            join(path, file.path().substring(file.path().lastIndexOf('/') + 1)),
                            file.isDir(),
                            file.fileSize() == null ? 0 : file.fileSize()))
                    .toList();
        }

        @Override
        public InputStream open(FileInfo file) throws IOException {
            return server.openArtifact(join(root, file.path()));
        }
    }

    /** A directory of an object store that this process accesses directly. */
    record ArtifactStoreFiles(ArtifactStore store) implements RemoteFiles {
        @Override
        public List<FileInfo> list(String path) throws IOException {
            return store.list(ArtifactPath.of(path));
        }

        @Override
        public InputStream open(FileInfo file) throws IOException {
            ArtifactPath path = ArtifactPath.of(file.path());
            ArtifactStore.Stat stat =
                    store.stat(path).orElseThrow(() -> new IOException(file.path() + " does not exist any more"));
            return store.read(path, stat, 0, stat.size());
        }
    }

    private static String join(String directory, String name) {
        if (directory.isEmpty()) {
            return name;
        }
        return name.isEmpty() ? directory : directory + "/" + name;
    }
}
