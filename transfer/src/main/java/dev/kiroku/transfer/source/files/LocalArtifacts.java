package dev.kiroku.transfer.source.files;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds artifacts of a folder that was copied from elsewhere. */
final class LocalArtifacts {
    private LocalArtifacts() {}

    /**
     * Returns where artifacts are: at the recorded location, or in the folder beside the record if the recorded one is a folder of this machine that
     * does not exist.
     */
    static String locate(@Nullable String recorded, Path beside) {
        String location = recorded == null ? "" : recorded;
        boolean local = location.isEmpty() || !location.contains(":/") || location.startsWith("file:");
        return local && Files.isDirectory(beside) && !isFolder(location.replaceFirst("^file:(//)?", ""))
                ? beside.toAbsolutePath().normalize().toUri().toString().replaceAll("/$", "")
                : location;
    }

    private static boolean isFolder(String path) {
        try {
            return !path.isEmpty() && Files.isDirectory(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
