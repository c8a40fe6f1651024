package dev.kiroku.core.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates files and directories that only the user of this process may read, whatever the umask is. */
public final class PrivateFiles {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFiles() {}

    private static FileAttribute<?>[] permissions(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Creates a directory and its missing parents with mode 0700. Existing directories keep their mode. */
    public static void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, permissions("rwx------"));
    }

    /** Creates an empty file with mode 0600 if there is none. */
    public static void createIfMissing(Path file) throws IOException {
        try {
            Files.createFile(file, permissions("rw-------"));
        } catch (FileAlreadyExistsException e) {
            // kept as it is
        }
    }

    /** Returns the mode of an existing file that other users of this machine can read, such as {@code rw-r--r--}; empty if they cannot. */
    public static Optional<String> findExposedMode(Path file) throws IOException {
        if (!POSIX || !isSharedBelow(file.toAbsolutePath().getParent())) {
            return Optional.empty();
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        boolean shared =
                mode.contains(PosixFilePermission.GROUP_READ) || mode.contains(PosixFilePermission.OTHERS_READ);
        return shared ? Optional.of(PosixFilePermissions.toString(mode)) : Optional.empty();
    }

    /** Returns whether users other than the owner of the folders can reach what is in a folder. */
    private static boolean isSharedBelow(@Nullable Path folder) throws IOException {
        for (Path f = folder; f != null; f = f.getParent()) {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(f);
            if (!mode.contains(PosixFilePermission.GROUP_EXECUTE)
                    && !mode.contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    /** Opens a channel. A file that is created gets mode 0600. */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), permissions("rw-------"));
    }

    /** Creates a file with mode 0600, or truncates an existing one. */
    public static OutputStream newOutputStream(Path file) throws IOException {
        return Channels.newOutputStream(
                open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
    }
}
