package dev.kiroku.serving.source;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.files.PrivateFiles;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Downloaded models, by location and by names and sizes of the files. The digests of the files are kept beside them and checked at each use,
 * so that a damaged copy is downloaded again. Several processes may share a directory.
 */
public final class ModelCache {
    private static final int PARALLEL_DOWNLOADS = 8;
    private static final String DIGESTS_FILE = ".kiroku-digests";
    private static final int DIGEST_LENGTH = 64;
    private static final int KEY_LENGTH = 32;

    /** Receives the progress of a download. */
    public interface DownloadListener {
        /**
         * Called at the start, as bytes arrive and at the end, by several threads.
         *
         * @param location of the model, without credentials
         * @param done the number of bytes that have arrived
         * @param total the number of bytes of the model
         */
        void onProgress(String location, long done, long total);
    }

    private final Path directory;
    private final DownloadListener listener;

    /**
     * Creates a cache.
     *
     * @param directory created with the first download
     */
    public ModelCache(Path directory, DownloadListener listener) {
        this.directory = directory;
        this.listener = listener;
    }

    /**
     * Returns a directory with a model's files, and downloads them first if necessary.
     *
     * @param location identifies the model, together with its files
     * @throws IOException if the files cannot be downloaded, or there is no MLmodel among them
     */
    Path fetch(String location, RemoteFiles remote) throws IOException {
        List<FileInfo> files = listFiles(remote, "");
        if (files.stream().noneMatch(file -> file.path().equals("MLmodel"))) {
            throw new IOException("there is no model at " + UriMasker.mask(location) + ": it has no file MLmodel");
        }
        Path copy = directory.resolve(cacheKey(location, files));
        if (isIntact(copy, files)) {
            return copy;
        }
        PrivateFiles.createDirectories(directory);
        Path incomplete = Files.createTempDirectory(directory, "part-");
        try {
            download(location, remote, files, incomplete);
            Directories.deleteRecursively(copy);
            Files.move(incomplete, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!isIntact(copy, files)) { // otherwise another process has downloaded it meanwhile
                throw e;
            }
        } finally {
            Directories.deleteRecursively(incomplete);
        }
        return copy;
    }

    private static List<FileInfo> listFiles(RemoteFiles remote, String path) throws IOException {
        List<FileInfo> files = new ArrayList<>();
        for (FileInfo entry : remote.list(path)) {
            ArtifactPath.of(entry.path()); // throws for paths that leave the directory
            if (entry.isDir()) {
                files.addAll(listFiles(remote, entry.path()));
            } else {
                files.add(entry);
            }
        }
        return files;
    }

    private static String cacheKey(String location, List<FileInfo> files) {
        MessageDigest sha = sha256();
        sha.update(location.getBytes(StandardCharsets.UTF_8));
        files.stream()
                .sorted(Comparator.comparing(FileInfo::path))
                .forEach(file ->
                        sha.update(("\n" + file.path() + "\n" + sizeOf(file)).getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(sha.digest()).substring(0, KEY_LENGTH);
    }

    private void download(String location, RemoteFiles remote, List<FileInfo> files, Path target) throws IOException {
        long total = files.stream().mapToLong(ModelCache::sizeOf).sum();
        AtomicLong done = new AtomicLong();
        Map<String, String> digests = new TreeMap<>();
        String shown = UriMasker.mask(location);
        listener.onProgress(shown, 0, total);
        try (ExecutorService threads = Executors.newFixedThreadPool(
                Math.min(PARALLEL_DOWNLOADS, files.size()), Thread.ofVirtual().factory())) {
            Map<String, Future<String>> running = new TreeMap<>();
            for (FileInfo file : files) {
                running.put(file.path(), threads.submit(() -> {
                    Path copy = target.resolve(file.path());
                    PrivateFiles.createDirectories(Objects.requireNonNull(copy.getParent()));
                    return downloadFile(
                            remote, file, copy, bytes -> listener.onProgress(shown, done.addAndGet(bytes), total));
                }));
            }
            for (Map.Entry<String, Future<String>> file : running.entrySet()) {
                digests.put(file.getKey(), file.getValue().get());
            }
        } catch (ExecutionException e) {
            throw new IOException("the model could not be downloaded: " + message(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        StringBuilder lines = new StringBuilder();
        digests.forEach(
                (path, digest) -> lines.append(digest).append("  ").append(path).append('\n'));
        try (OutputStream out = PrivateFiles.newOutputStream(target.resolve(DIGESTS_FILE))) {
            out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Returns the size of a file; only directories have none. */
    private static long sizeOf(FileInfo file) {
        return Objects.requireNonNull(file.fileSize(), file.path());
    }

    private static String message(ExecutionException e) {
        Throwable cause = e.getCause();
        return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
    }

    /** Downloads a file and returns its digest. */
    private static String downloadFile(RemoteFiles remote, FileInfo file, Path target, LongConsumer progress)
            throws IOException {
        MessageDigest sha = sha256();
        long size = 0;
        try (InputStream in = remote.open(file);
                OutputStream out = PrivateFiles.newOutputStream(target)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                sha.update(buffer, 0, n);
                size += n;
                progress.accept(n);
            }
        }
        if (size != sizeOf(file)) {
            throw new IOException(file.path() + " has " + size + " bytes instead of " + sizeOf(file));
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static boolean isIntact(Path copy, List<FileInfo> files) throws IOException {
        Path digests = copy.resolve(DIGESTS_FILE);
        if (!Files.exists(digests)) {
            return false;
        }
        List<String> lines = Files.readAllLines(digests);
        if (lines.size() != files.size()) {
            return false;
        }
        for (String line : lines) {
            Path file = copy.resolve(line.substring(DIGEST_LENGTH + 2));
            if (!Files.isRegularFile(file) || !digest(file).equals(line.substring(0, DIGEST_LENGTH))) {
                return false;
            }
        }
        return true;
    }

    private static String digest(Path file) throws IOException {
        MessageDigest sha = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
