package dev.kiroku.artifacts.kit;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.model.artifacts.FileInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Reference model of an artifact store: contents by path. */
final class ReferenceFiles {
    private final TreeMap<String, byte[]> files = new TreeMap<>();

    void write(ArtifactPath path, byte[] content) {
        files.put(path.value(), content);
    }

    /** Returns the content of a file; null if there is none. */
    byte[] read(ArtifactPath path) {
        return files.get(path.value());
    }

    void delete(ArtifactPath path) {
        files.keySet().removeIf(file -> file.equals(path.value()) || file.startsWith(path.value() + "/"));
    }

    /** Returns the files of a folder and the folders that contain files, by path. */
    List<FileInfo> list(ArtifactPath folder) {
        String start = folder.isRoot() ? "" : folder.value() + "/";
        TreeMap<String, FileInfo> entries = new TreeMap<>();
        files.forEach((path, content) -> {
            if (path.startsWith(start)) {
                int slash = path.indexOf('/', start.length());
                String entry = slash < 0 ? path : path.substring(0, slash);
                entries.put(entry, new FileInfo(entry, slash >= 0, slash >= 0 ? null : (long) content.length));
            }
        });
        return new ArrayList<>(entries.values());
    }
}
