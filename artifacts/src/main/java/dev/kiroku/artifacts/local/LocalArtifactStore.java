package dev.kiroku.artifacts.local;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Artifacts in a folder of this machine. An upload grows in a file beside the tree and is moved into its place when it is whole and on
 * disk. Nothing that a symbolic link within the tree leads out to is read, listed or written.
 */
final class LocalArtifactStore implements ArtifactStore {
    /** Holds uploads under way. Its name cannot be an artifact's, because it is refused below. */
    private static final String UPLOADS = ".kiroku-uploads";

    private static final int BUFFER_BYTES = 64 << 10;
    /** A little less than what Linux allows. */
    private static final int MAX_PATH_BYTES = 4000;

    private final Path root;

    /** @param root made when first written to */
    LocalArtifactStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public List<FileInfo> list(ArtifactPath folder) throws IOException {
        Path path = resolve(folder);
        List<FileInfo> entries = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (name.equals(UPLOADS) && folder.isRoot()) {
                    continue;
                }
                String full = folder.isRoot() ? name : folder.value() + "/" + name;
                attributes(child)
                        .filter(a -> a.isDirectory() || a.isRegularFile())
                        .ifPresent(a ->
                                entries.add(new FileInfo(full, a.isDirectory(), a.isDirectory() ? null : a.size())));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(Comparator.comparing(FileInfo::path));
        return entries;
    }

    @Override
    public Optional<Stat> stat(ArtifactPath file) throws IOException {
        return attributes(resolve(file))
                .filter(BasicFileAttributes::isRegularFile)
                .map(LocalArtifactStore::stat);
    }

    /** Every upload is a new file, with a key of its own: two of the same size in one tick of the clock are told apart, too. */
    private static Stat stat(BasicFileAttributes file) {
        var modified = file.lastModifiedTime().toInstant();
        String etag = Long.toHexString(modified.getEpochSecond()) + "-" + Integer.toHexString(modified.getNano()) + "-"
                + Long.toHexString(file.size()) + "-" + Integer.toHexString(Objects.hashCode(file.fileKey()));
        return new Stat(file.size(), etag);
    }

    /** Empty when there is nothing, or nothing any more. */
    private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            return Optional.empty();
        }
    }

    @Override
    public InputStream read(ArtifactPath file, Stat seen, long offset, long length) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(resolve(file), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw notFound("There is no artifact at '%s'.", file.value());
        }
        try {
            // Still the same after opening: then what was opened is what was seen.
            if (!stat(file).equals(Optional.of(seen))) {
                throw ArtifactStore.changedException(file);
            }
            channel.position(offset);
            return new BoundedInputStream(Channels.newInputStream(channel), length);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void write(ArtifactPath file, InputStream content, long length) throws IOException {
        if (file.isRoot()) {
            throw invalid("Invalid path: a file's name is missing.");
        }
        Path target = resolve(file);
        Path growing = root.resolve(UPLOADS).resolve(UUID.randomUUID().toString());
        boolean moved = false;
        try {
            try (FileChannel out = createUpload(growing)) {
                tryLock(out); // until it is closed, or the process ends
                copy(content, length, out);
                out.force(true);
            }
            // A folder of that name would be in the way of every file below it.
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                throw invalid("Invalid path: there is a folder at '%s'.", file.value());
            }
            move(growing, target);
            moved = true;
        } finally {
            if (!moved) {
                Files.deleteIfExists(growing);
            }
        }
    }

    /** Most uploads find the folders that they need: those are made when one did not. */
    private static FileChannel createUpload(Path growing) throws IOException {
        try {
            return FileChannel.open(growing, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            Files.createDirectories(growing.getParent());
            return FileChannel.open(growing, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }

    private void move(Path growing, Path target) throws IOException {
        try {
            Files.move(growing, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            createDirectories(target.getParent());
            Files.move(growing, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** In pieces of whole pages: what comes from a socket piece by piece would have the file system fill up a page again and again. */
    private static void copy(InputStream content, long length, FileChannel out) throws IOException {
        byte[] buffer = new byte[length < 0 ? BUFFER_BYTES : Math.clamp(length, 1, BUFFER_BYTES)];
        int read;
        do {
            read = content.readNBytes(buffer, 0, buffer.length);
            for (ByteBuffer piece = ByteBuffer.wrap(buffer, 0, read); piece.hasRemaining(); ) {
                out.write(piece);
            }
        } while (read == buffer.length);
    }

    private void createDirectories(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            for (Path part = folder; part.startsWith(root); part = part.getParent()) {
                if (Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
                    throw invalid("Invalid path: a part of it is a file already.");
                }
            }
            throw e;
        }
    }

    @Override
    public void delete(ArtifactPath path) throws IOException {
        if (path.isRoot()) {
            throw invalid("Invalid path: the root of all artifacts cannot be deleted.");
        }
        Path target = resolve(path);
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(target, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
                try {
                    Files.deleteIfExists(folder);
                } catch (DirectoryNotEmptyException e) {
                    // Somebody has just put a file there; it is not ours to delete.
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The path on disk; refused when a link on the way leads out of the root, or when it is none of the clients' business. */
    private Path resolve(ArtifactPath path) {
        if (!path.isRoot() && path.parts().getFirst().equalsIgnoreCase(UPLOADS)) {
            throw invalid("Invalid path: '%s' is reserved.", UPLOADS);
        }
        Path target = root;
        try {
            for (String part : path.parts()) {
                target = target.resolve(part);
                if (!target.startsWith(root) || Files.isSymbolicLink(target)) {
                    throw invalid("Invalid path: '%s' leads out of the artifacts.", path.value());
                }
            }
        } catch (InvalidPathException e) {
            throw invalid("Invalid path: the disk of the server cannot have such a name (%s).", e.getReason());
        }
        if (target.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            throw invalid(
                    "Invalid path: with the folder before it, it is longer than the %d bytes that a path on disk may have.",
                    MAX_PATH_BYTES);
        }
        return target;
    }

    /**
     * Removes what interrupted uploads of an earlier life left behind. Uploads under way, of this server or of another on the same folder,
     * hold a lock, and stay.
     */
    public void removeAbandonedUploads() throws IOException {
        Path uploads = root.resolve(UPLOADS);
        if (!Files.isDirectory(uploads, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(uploads)) {
            for (Path file : left) {
                boolean abandoned;
                try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                    abandoned = tryLock(channel);
                } catch (NoSuchFileException e) {
                    continue; // its upload has just ended
                }
                if (abandoned) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Takes the lock of a growing file. False when somebody has it, or when the file system knows no locks: then nobody can tell. */
    private static boolean tryLock(FileChannel growing) {
        try {
            return growing.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    /** The first bytes of a stream. */
    private static final class BoundedInputStream extends FilterInputStream {
        private long left;

        BoundedInputStream(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            if (left <= 0) {
                return -1;
            }
            left--;
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int read = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }
    }
}
