package dev.kiroku.transfer.source;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** Artifacts in a store, such as a bucket, below a path. */
public final class StoreArtifactFolder implements ArtifactFolder {
    private final ArtifactStore store;
    private final ArtifactPath base;
    private final Runnable onClose;

    /** @param onClose closes the store */
    public StoreArtifactFolder(ArtifactStore store, ArtifactPath base, Runnable onClose) {
        this.store = store;
        this.base = base;
        this.onClose = onClose;
    }

    @Override
    public void list(ArtifactPath folder, Visitor visitor) throws IOException {
        int prefix = base.isRoot() ? 0 : base.value().length() + 1;
        Deque<ArtifactPath> folders = new ArrayDeque<>();
        folders.push(base.resolve(folder));
        while (!folders.isEmpty()) {
            for (FileInfo entry : store.list(folders.pop())) {
                ArtifactPath path;
                try {
                    path = new ArtifactPath(entry.path());
                } catch (KirokuException e) {
                    visitor.leaveOut(entry.path(), String.valueOf(e.getMessage()));
                    continue;
                }
                if (entry.isDir()) {
                    folders.push(path);
                } else {
                    long size = entry.fileSize() == null ? 0 : entry.fileSize();
                    visitor.visit(new ArtifactFile(new ArtifactPath(path.value().substring(prefix)), size));
                }
            }
        }
    }

    @Override
    public InputStream open(ArtifactPath file) throws IOException {
        ArtifactPath path = base.resolve(file);
        ArtifactStore.Stat stat =
                store.stat(path).orElseThrow(() -> notFound("There is no artifact at '%s'.", path.value()));
        return store.read(path, stat, 0, stat.size());
    }

    @Override
    public void close() {
        onClose.run();
    }
}
