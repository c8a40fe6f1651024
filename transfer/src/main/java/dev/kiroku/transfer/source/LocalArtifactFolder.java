package dev.kiroku.transfer.source;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.files.FileErrors;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Artifacts in a folder of this machine. Symbolic links below it are not followed, because they may lead out of it. */
public final class LocalArtifactFolder implements ArtifactFolder {
    private static final String LINK = "it is a symbolic link";

    private final Path root;

    /**
     * Creates a folder that is only read.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if it does not exist
     */
    public LocalArtifactFolder(Path root) {
        this.root = root.toAbsolutePath().normalize();
        if (!Files.isDirectory(this.root)) {
            throw invalid("%s, where artifacts should be, is not a folder.", root);
        }
    }

    @Override
    public void list(ArtifactPath folder, Visitor visitor) throws IOException {
        Path start = resolve(folder);
        if (!Files.exists(start, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (file.equals(start)) {
                    visitor.leaveOut(file.toString(), "it is a file, not a folder");
                } else if (attributes.isRegularFile()) {
                    visitRegular(file, name, attributes.size(), visitor);
                } else {
                    visitor.leaveOut(file.toString(), attributes.isSymbolicLink() ? LINK : "it is not a regular file");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                visitor.leaveOut(file.toString(), FileErrors.reason(e));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) {
                if (e != null) {
                    visitor.leaveOut(directory.toString(), FileErrors.reason(e));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void visitRegular(Path file, String name, long size, Visitor visitor) throws IOException {
        ArtifactPath path;
        try {
            path = new ArtifactPath(name);
        } catch (KirokuException e) {
            visitor.leaveOut(file.toString(), String.valueOf(e.getMessage()));
            return;
        }
        visitor.visit(new ArtifactFile(path, size));
    }

    @Override
    public InputStream open(ArtifactPath file) throws IOException {
        Path path = resolve(file);
        // Checked before opening: to open a named pipe would wait for a writer.
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw notFound("There is no file %s.", path);
        }
        try {
            return Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw notFound("There is no file %s.", path);
        }
    }

    private Path resolve(ArtifactPath path) {
        Path target = root;
        try {
            for (String part : path.parts()) {
                target = target.resolve(part);
                if (Files.isSymbolicLink(target)) {
                    throw invalid("%s is not read: %s, which may lead out of %s.", target, LINK, root);
                }
            }
        } catch (InvalidPathException e) {
            throw invalid("The file system of this machine cannot have the name '%s'.", path.value());
        }
        return target;
    }
}
