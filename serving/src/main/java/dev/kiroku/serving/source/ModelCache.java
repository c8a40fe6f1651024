package dev.kiroku.serving.source;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Downloaded models. What lies at one place with the same files is downloaded once; the digests of its files are kept beside it and looked
 * at each time, so that a damaged copy is fetched anew instead of being served.
 */
public final class ModelCache {
    private static final int PARALLEL_DOWNLOADS = 8;
    private static final String DIGESTS_FILE = ".kiroku-digests";

    /** Is told of a download as it goes. */
    public interface DownloadListener {
        /** Both in bytes; told at the start, now and then, and at the end. May be called by several threads. */
        void onProgress(String what, long done, long total);
    }

    private final Path directory;
    private final DownloadListener listener;

    public ModelCache(Path folder, DownloadListener progress) {
        this.directory = folder;
        this.listener = progress;
    }

    /**
     * The folder with the model's files.
     *
     * @param location what the files are known by
     */
    Path fetch(String location, RemoteFiles remote) throws IOException {
        List<FileInfo> files = listFiles(remote, "");
        if (files.stream().noneMatch(file -> file.path().equals("MLmodel"))) {
            throw new IOException(
                    "there is no model at " + location.replaceAll("//[^/@]*@", "//***@") + ": it has no file MLmodel");
        }
        Path copy = directory.resolve(cacheKey(location, files));
        if (isIntact(copy, files)) {
            return copy;
        }
        Files.createDirectories(directory);
        Path part = Files.createTempDirectory(directory, "part-");
        try {
            download(location, remote, files, part);
            Directories.deleteRecursively(copy);
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (java.nio.file.FileSystemException e) {
            if (!isIntact(copy, files)) { // otherwise somebody else was quicker
                throw e;
            }
        } finally {
            Directories.deleteRecursively(part);
        }
        return copy;
    }

    private static List<FileInfo> listFiles(RemoteFiles remote, String at) throws IOException {
        List<FileInfo> all = new ArrayList<>();
        for (FileInfo entry : remote.list(at)) {
            ArtifactPath.of(entry.path()); // refuses paths that leave the folder
            if (entry.isDir()) {
                all.addAll(listFiles(remote, entry.path()));
            } else {
                all.add(entry);
            }
        }
        return all;
    }

    private static String cacheKey(String location, List<FileInfo> files) {
        MessageDigest sha = sha256();
        sha.update(location.getBytes(StandardCharsets.UTF_8));
        files.stream()
                .sorted(Comparator.comparing(FileInfo::path))
                .forEach(file ->
                        sha.update(("\n" + file.path() + "\n" + file.fileSize()).getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(sha.digest()).substring(0, 32);
    }

    private void download(String location, RemoteFiles remote, List<FileInfo> files, Path to) throws IOException {
        long total = files.stream().mapToLong(FileInfo::fileSize).sum();
        AtomicLong done = new AtomicLong();
        TreeMap<String, String> digests = new TreeMap<>();
        listener.onProgress(location, 0, total);
        try (ExecutorService threads = Executors.newFixedThreadPool(
                Math.min(PARALLEL_DOWNLOADS, files.size()), Thread.ofVirtual().factory())) {
            TreeMap<String, Future<String>> running = new TreeMap<>();
            for (FileInfo file : files) {
                running.put(file.path(), threads.submit(() -> {
                    Path target = to.resolve(file.path());
                    Files.createDirectories(target.getParent());
                    return downloadFile(
                            remote, file, target, n -> listener.onProgress(location, done.addAndGet(n), total));
                }));
            }
            for (var file : running.entrySet()) {
                digests.put(file.getKey(), file.getValue().get());
            }
        } catch (ExecutionException e) {
            throw new IOException(
                    "the model could not be downloaded: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        StringBuilder lines = new StringBuilder();
        digests.forEach(
                (path, digest) -> lines.append(digest).append("  ").append(path).append('\n'));
        Files.writeString(to.resolve(DIGESTS_FILE), lines);
    }

    private static String downloadFile(
            RemoteFiles remote, FileInfo file, Path target, java.util.function.LongConsumer more) throws IOException {
        MessageDigest sha = sha256();
        long size = 0;
        try (InputStream in = remote.open(file);
                OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                sha.update(buffer, 0, n);
                size += n;
                more.accept(n);
            }
        }
        if (size != file.fileSize()) {
            throw new IOException(file.path() + " has " + size + " bytes instead of " + file.fileSize());
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
            Path file = copy.resolve(line.substring(66));
            if (!Files.isRegularFile(file) || !digest(file).equals(line.substring(0, 64))) {
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
            throw new IllegalStateException(e);
        }
    }
}
