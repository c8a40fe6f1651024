package dev.kiroku.artifacts;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
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
import java.util.Optional;
import java.util.UUID;

/**
 * Artifacts in a folder of this machine. An upload grows in a file beside the tree and is moved into its place when it is whole and on
 * disk. Nothing that a symbolic link within the tree leads out to is read, listed or written.
 */
public final class LocalArtifactStore implements ArtifactStore {
    /** Holds uploads under way. Its name cannot be an artifact's, because it is refused below. */
    private static final String UPLOADS = ".kiroku-uploads";

    private final Path root;

    /** @param root made when first written to */
    public LocalArtifactStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public List<FileInfo> list(ArtifactPath folder) throws IOException {
        Path path = inside(folder);
        List<FileInfo> entries = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (name.equals(UPLOADS) && folder.isRoot()) {
                    continue;
                }
                BasicFileAttributes attributes = Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isSymbolicLink()) {
                    continue;
                }
                String full = folder.isRoot() ? name : folder.value() + "/" + name;
                entries.add(new FileInfo(full, attributes.isDirectory(), attributes.isDirectory() ? null : attributes.size()));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        entries.sort(Comparator.comparing(FileInfo::path));
        return entries;
    }

    @Override
    public Optional<Stat> stat(ArtifactPath file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(inside(file), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                return Optional.empty();
            }
            var modified = attributes.lastModifiedTime().toInstant();
            String etag = Long.toHexString(modified.getEpochSecond()) + "-" + Integer.toHexString(modified.getNano()) + "-"
                    + Long.toHexString(attributes.size());
            return Optional.of(new Stat(attributes.size(), etag));
        } catch (FileSystemException e) {
            return Optional.empty();
        }
    }

    @Override
    public InputStream read(ArtifactPath file, long offset, long length) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(inside(file), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw notFound("There is no artifact at '%s'.", file.value());
        }
        channel.position(offset);
        return new Bounded(Channels.newInputStream(channel), length);
    }

    @Override
    public void write(ArtifactPath file, InputStream content, long length) throws IOException {
        if (file.isRoot()) {
            throw invalid("Invalid path: a file's name is missing.");
        }
        Path target = inside(file);
        Path uploads = root.resolve(UPLOADS);
        Files.createDirectories(uploads);
        Path growing = uploads.resolve(UUID.randomUUID().toString());
        try {
            try (FileChannel out = FileChannel.open(growing, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                long written = content.transferTo(Channels.newOutputStream(out));
                if (length >= 0 && written != length) {
                    throw new EOFException("the upload ended after " + written + " of " + length + " bytes");
                }
                out.force(true);
            }
            makeFolders(target.getParent());
            // A folder of that name would be in the way of every file below it.
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                throw invalid("Invalid path: there is a folder at '%s'.", file.value());
            }
            Files.move(growing, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(growing);
        }
    }

    private void makeFolders(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw invalid("Invalid path: a part of it is a file already.");
        }
    }

    @Override
    public void delete(ArtifactPath path) throws IOException {
        if (path.isRoot()) {
            throw invalid("Invalid path: the root of all artifacts cannot be deleted.");
        }
        Path target = inside(path);
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
    private Path inside(ArtifactPath path) throws IOException {
        Path target = root;
        for (String part : path.parts()) {
            target = target.resolve(part);
            if (!target.startsWith(root) || Files.isSymbolicLink(target)) {
                throw invalid("Invalid path: '%s' leads out of the artifacts.", path.value());
            }
        }
        if (!path.isRoot() && path.parts().getFirst().equals(UPLOADS)) {
            throw invalid("Invalid path: '%s' is reserved.", UPLOADS);
        }
        return target;
    }

    /** Removes what interrupted uploads of an earlier life left behind; to be called before uploads begin. */
    public void removeAbandonedUploads() throws IOException {
        Path uploads = root.resolve(UPLOADS);
        if (!Files.isDirectory(uploads, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(uploads)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The first bytes of a stream. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long length) {
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
