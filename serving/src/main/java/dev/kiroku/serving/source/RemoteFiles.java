package dev.kiroku.serving.source;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A folder of files elsewhere. */
interface RemoteFiles {
    /** What is in a folder below, with paths from this one. */
    List<FileInfo> list(String folder) throws IOException;

    InputStream open(FileInfo file) throws IOException;

    /** What a tracking server serves below mlflow-artifacts:/. */
    record TrackingServerFiles(TrackingClient client, String root) implements RemoteFiles {
        @Override
        public List<FileInfo> list(String folder) throws IOException {
            List<FileInfo> files = new ArrayList<>();
            for (JsonNode file : client.get("mlflow-artifacts/artifacts", "path", join(root, folder))
                    .path("files")) {
                String name = file.path("path").asString();
                files.add(new FileInfo(
                        join(folder, name.substring(name.lastIndexOf('/') + 1)),
                        file.path("is_dir").asBoolean(),
                        file.path("file_size").asLong(0)));
            }
            return files;
        }

        @Override
        public InputStream open(FileInfo file) throws IOException {
            return client.openArtifact(join(root, file.path()));
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
