package dev.kiroku.cli.remote;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies files and folders between a folder of artifacts and this machine, several files at once, each as a stream. Thread-safe. */
public final class ArtifactTransfer {
    private static final int MAX_CONCURRENT = 8;

    private final ArtifactFolder artifacts;

    /** Creates a transfer from or to a folder of artifacts. */
    public ArtifactTransfer(ArtifactFolder artifacts) {
        this.artifacts = artifacts;
    }

    /** What can fail in a transfer of one file. */
    private interface FileCopy {
        void run() throws IOException;
    }

    /**
     * Uploads a file.
     *
     * @param folder the folder to put it in
     * @throws FileSystemException if it does not exist or is not a regular file
     */
    public void uploadFile(Path file, ArtifactPath folder) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "it is not a file; use log-artifacts for a folder");
        }
        artifacts.upload(
                folder.resolve(
                        ArtifactPath.of(file.toAbsolutePath().getFileName().toString())),
                file);
    }

    /**
     * Uploads the files in a folder and below it. Links are followed, as MLflow does.
     *
     * @return the number of files
     * @throws FileSystemException if it does not exist or is not a folder
     */
    public long uploadFolder(Path directory, ArtifactPath folder) throws IOException {
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (!Files.isDirectory(directory)) {
            throw new FileSystemException(
                    directory.toString(), null, "it is not a folder; use log-artifact for a file");
        }
        try (Workers workers = new Workers();
                Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String relative = directory.relativize(file).toString().replace('\\', '/');
                ArtifactPath path = folder.resolve(ArtifactPath.of(relative));
                workers.submit(() -> artifacts.upload(path, file));
            }
            return workers.await();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Downloads a file or folder into {@code target}. Files are complete or absent: each is renamed when all of it is there.
     *
     * @param path as the user wrote it: a slash at the end, or an empty path, stands for what is in the folder
     * @return the file or folder on this machine
     * @throws KirokuException with {@code RESOURCE_DOES_NOT_EXIST} if there is no such artifact
     */
    public Path download(String path, Path target) throws IOException {
        boolean contents = path.isEmpty() || path.endsWith("/");
        ArtifactPath source = ArtifactPath.of(path);
        List<FileInfo> entries = artifacts.list(source);
        Files.createDirectories(target);
        Path local = contents ? target : target.resolve(source.name());
        if (entries.isEmpty() || isSameFile(entries, source)) {
            if (source.isRoot()) {
                return local;
            }
            Path file = target.resolve(source.name());
            downloadFile(source, file);
            return file;
        }
        try (Workers workers = new Workers()) {
            downloadEntries(entries, source, local, workers);
            workers.await();
        }
        return local;
    }

    /** Some stores list a file as the only entry of itself. */
    private static boolean isSameFile(List<FileInfo> entries, ArtifactPath path) {
        return entries.size() == 1 && entries.getFirst().path().equals(path.value());
    }

    private void downloadEntries(List<FileInfo> entries, ArtifactPath source, Path local, Workers workers)
            throws IOException {
        for (FileInfo entry : entries) {
            ArtifactPath path = ArtifactPath.of(entry.path());
            if (entry.isDir()) {
                downloadEntries(artifacts.list(path), path, local.resolve(path.name()), workers);
            } else {
                workers.submit(() -> downloadFile(path, local.resolve(path.name())));
            }
        }
    }

    private void downloadFile(ArtifactPath path, Path file) throws IOException {
        try (InputStream content = artifacts.open(path)) {
            Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
            Path part = Files.createTempFile(folder, ".kiroku-", ".part");
            try {
                Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        }
    }

    /** Runs copies at the same time, a limited number of them. The first failure ends all others that have not begun. */
    private static final class Workers implements AutoCloseable {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final Semaphore free = new Semaphore(MAX_CONCURRENT);
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private final AtomicLong copied = new AtomicLong();

        void submit(FileCopy copy) throws IOException {
            try {
                free.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            throwFailure();
            Future<?> unused = threads.submit(() -> {
                try {
                    copy.run();
                    copied.incrementAndGet();
                } catch (IOException | RuntimeException e) {
                    failure.compareAndSet(null, e);
                } finally {
                    free.release();
                }
            });
        }

        /** Waits for all copies and returns their number. */
        long await() throws IOException {
            threads.close();
            throwFailure();
            return copied.get();
        }

        private void throwFailure() throws IOException {
            switch (failure.get()) {
                case null -> {}
                case IOException io -> throw io;
                case RuntimeException defect -> throw defect;
                case Exception other -> throw new IOException(other);
            }
        }

        @Override
        public void close() {
            threads.close();
        }
    }
}
