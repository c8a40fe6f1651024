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
 * Artifact store in a folder of this machine. An upload is written to a file in a folder of its own, and renamed to its path when it is
 * complete and synchronized to disk. Symbolic links below the root are not followed.
 */
final class LocalArtifactStore implements ArtifactStore {
    /** The folder of unfinished uploads. Artifact paths with this name are refused. */
    private static final String UPLOADS = ".kiroku-uploads";

    private static final int BUFFER_BYTES = 64 << 10;
    /** Less than the limit of Linux (4096). */
    private static final int MAX_PATH_BYTES = 4000;

    private final Path root;

    /** @param root is created by the first write */
    LocalArtifactStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public List<FileInfo> list(ArtifactPath folder) throws IOException {
        Path path = resolve(folder);
        // Checked before opening: to open a named pipe would wait for a writer.
        if (!Files.isDirectory(path)) {
            return List.of();
        }
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

    /** The ETag contains the file key: every upload is a new file, so two of the same size within one tick of the clock differ. */
    private static Stat stat(BasicFileAttributes file) {
        var modified = file.lastModifiedTime().toInstant();
        String etag = Long.toHexString(modified.getEpochSecond()) + "-" + Integer.toHexString(modified.getNano()) + "-"
                + Long.toHexString(file.size()) + "-" + Integer.toHexString(Objects.hashCode(file.fileKey()));
        return new Stat(file.size(), etag);
    }

    /** Returns the attributes of a path; empty if it does not exist (any more). */
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
    public InputStream read(ArtifactPath file, Stat expected, long offset, long length) throws IOException {
        // Compared before opening: to open a named pipe would wait for a writer.
        requireUnchanged(file, expected);
        FileChannel channel;
        try {
            channel = FileChannel.open(resolve(file), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw notFound("There is no artifact at '%s'.", file.value());
        }
        try {
            // And after it: the open file is the expected one.
            requireUnchanged(file, expected);
            channel.position(offset);
            return new BoundedInputStream(Channels.newInputStream(channel), length);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void requireUnchanged(ArtifactPath file, Stat expected) throws IOException {
        Stat current = stat(file).orElseThrow(() -> notFound("There is no artifact at '%s'.", file.value()));
        if (!current.equals(expected)) {
            throw ArtifactStore.changedException(file);
        }
    }

    @Override
    public void write(ArtifactPath file, InputStream content, long length) throws IOException {
        if (file.isRoot()) {
            throw invalid("Invalid path: a file's name is missing.");
        }
        Path target = resolve(file);
        Path upload = root.resolve(UPLOADS).resolve(UUID.randomUUID().toString());
        boolean moved = false;
        try {
            try (FileChannel out = createUpload(upload)) {
                tryLock(out); // held until the channel is closed or the process ends
                copy(content, length, out);
                out.force(true);
            }
            // An atomic move would replace an empty folder.
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                throw invalid("Invalid path: there is a folder at '%s'.", file.value());
            }
            move(upload, target);
            moved = true;
        } finally {
            if (!moved) {
                Files.deleteIfExists(upload);
            }
        }
    }

    /** Creates the file of an upload, and the folder of uploads if it does not exist. */
    private static FileChannel createUpload(Path upload) throws IOException {
        try {
            return FileChannel.open(upload, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            Files.createDirectories(upload.getParent());
            return FileChannel.open(upload, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }

    private void move(Path upload, Path target) throws IOException {
        try {
            Files.move(upload, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            createDirectories(Objects.requireNonNull(target.getParent()));
            Files.move(upload, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Copies in pieces of whole pages: a socket returns small pieces, and the file system would write a page several times. */
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
            for (Path part = folder; part != null && part.startsWith(root); part = part.getParent()) {
                if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isDirectory(part, LinkOption.NOFOLLOW_LINKS)) {
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
                    // Another request has written a file meanwhile; it is not to be deleted.
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Returns the path on disk; throws INVALID_PARAMETER_VALUE if it contains a symbolic link, or if it is in the folder of uploads. */
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
     * Deletes files of uploads that were interrupted by the end of a process. Uploads of running servers on the same folder hold a lock and
     * are left.
     */
    public void removeAbandonedUploads() throws IOException {
        Path uploads = root.resolve(UPLOADS);
        if (!Files.isDirectory(uploads, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(uploads)) {
            for (Path file : files) {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    continue; // to open a named pipe would wait for a reader
                }
                boolean abandoned;
                try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                    abandoned = tryLock(channel);
                } catch (NoSuchFileException e) {
                    continue; // the upload has ended meanwhile
                }
                if (abandoned) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Locks the file of an upload. Returns false if another process holds the lock, or if the file system does not support locks. */
    private static boolean tryLock(FileChannel upload) {
        try {
            return upload.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    /** A stream that ends after a number of bytes. */
    private static final class BoundedInputStream extends FilterInputStream {
        private long remaining;

        BoundedInputStream(InputStream in, long length) {
            super(in);
            this.remaining = length;
        }

        @Override
        public int read() throws IOException {
            if (remaining <= 0) {
                return -1;
            }
            remaining--;
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (remaining <= 0) {
                return -1;
            }
            int read = super.read(bytes, offset, (int) Math.min(length, remaining));
            remaining -= Math.max(read, 0);
            return read;
        }
    }
}
