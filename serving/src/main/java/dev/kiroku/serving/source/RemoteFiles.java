package dev.kiroku.serving.source;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A folder of files elsewhere. */
interface RemoteFiles {
    /** What is in a folder below, with paths from this one. */
    List<FileInfo> list(String folder) throws IOException;

    InputStream open(FileInfo file) throws IOException;

    /** A folder below {@code mlflow-artifacts:/} of a tracking server. */
    record TrackingServerFiles(TrackingServer server, String root) implements RemoteFiles {
        @Override
        public List<FileInfo> list(String folder) throws IOException {
            var request = new ArtifactApi.ListProxiedArtifactsRequest(join(root, folder));
            return server.call(ArtifactApi.LIST_PROXIED, request).files().stream()
                    .map(file -> new FileInfo(
                            join(folder, file.path().substring(file.path().lastIndexOf('/') + 1)),
                            file.isDir(),
                            file.fileSize() == null ? 0 : file.fileSize()))
                    .toList();
        }

        @Override
        public InputStream open(FileInfo file) throws IOException {
            return server.openArtifact(join(root, file.path()));
        }
    }

    /** An object store that is reached directly. */
    record ArtifactStoreFiles(ArtifactStore store) implements RemoteFiles {
        @Override
        public List<FileInfo> list(String folder) throws IOException {
            return store.list(ArtifactPath.of(folder));
        }

        @Override
        public InputStream open(FileInfo file) throws IOException {
            ArtifactPath path = ArtifactPath.of(file.path());
            ArtifactStore.Stat stat = store.stat(path).orElseThrow(() -> new IOException(file.path() + " is gone"));
            return store.read(path, stat, 0, stat.size());
        }
    }

    private static String join(String folder, String name) {
        return folder.isEmpty() ? name : name.isEmpty() ? folder : folder + "/" + name;
    }
}
