package dev.kiroku.artifacts.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Tests of local folders: symbolic links, special files and unfinished uploads. */
class LocalArtifactStoreTest {
    @TempDir
    private Path folder;

    private Path root;
    private Path outside;
    private LocalArtifactStore store;

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        store = new LocalArtifactStore(root);
    }

    private static void assertRefused(Executable what) {
        assertEquals(
                ErrorCode.INVALID_PARAMETER_VALUE,
                assertThrows(KirokuException.class, what).code());
    }

    private void write(String path, String content) throws IOException {
        store.write(ArtifactPath.of(path), new ByteArrayInputStream(content.getBytes()), content.length());
    }

    @Test
    void symbolicLinksAreNotFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("file"), outside.resolve("secret"));
        Files.createSymbolicLink(root.resolve("folder"), outside);
        Files.createSymbolicLink(root.resolve("up"), Path.of("../outside"));
        Files.createSymbolicLink(root.resolve("absent"), folder.resolve("absent"));
        ArtifactStore.Stat stat = new ArtifactStore.Stat(6, "x");
        for (String path : List.of("file", "folder", "folder/secret", "up", "up/secret", "absent", "folder/new/deep")) {
            ArtifactPath at = ArtifactPath.of(path);
            assertRefused(() -> store.stat(at));
            assertRefused(() -> store.read(at, stat, 0, 6));
            assertRefused(() -> store.list(at));
            assertRefused(() -> write(path, "overwritten"));
            assertRefused(() -> store.delete(at));
        }
        assertEquals(List.of(), store.list(ArtifactPath.ROOT), "links are not listed");
        assertEquals("secret", Files.readString(outside.resolve("secret")));
        assertFalse(Files.exists(folder.resolve("absent")));
        try (Stream<Path> left = Files.list(outside)) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void deletingAFolderDeletesLinksButNotTheirTargets() throws IOException {
        write("box/file", "x");
        Files.createSymbolicLink(root.resolve("box/link"), outside);
        store.delete(ArtifactPath.of("box"));
        assertFalse(Files.exists(root.resolve("box")));
        assertEquals("secret", Files.readString(outside.resolve("secret")));
    }

    @Test
    void theRootMayBeASymbolicLink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        LocalArtifactStore linked = new LocalArtifactStore(link);
        linked.write(ArtifactPath.of("a/b"), new ByteArrayInputStream(new byte[3]), 3);
        assertEquals(List.of(new FileInfo("a/b", false, 3L)), store.list(ArtifactPath.of("a")));
    }

    @Test
    void onlyFilesAndFoldersAreListed() throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                        .start()
                        .waitFor());
        assertEquals(List.of(), store.list(ArtifactPath.ROOT));
        assertTrue(store.stat(ArtifactPath.of("pipe")).isEmpty(), "opening it would block");
    }

    /** Opening a named pipe would block; opening a socket file would fail. */
    @Test
    void pipesAndSocketsAreNotFiles() throws Exception {
        Path uploads = Files.createDirectory(root.resolve(".kiroku-uploads"));
        for (Path pipe : List.of(root.resolve("pipe"), uploads.resolve("pipe"))) {
            assertEquals(
                    0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        }
        new LocalArtifactStore(root).removeAbandonedUploads();
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));
            for (String name : List.of("pipe", "socket")) {
                ArtifactPath path = ArtifactPath.of(name);
                assertTrue(store.stat(path).isEmpty());
                assertEquals(List.of(), store.list(path));
                KirokuException missing = assertThrows(
                        KirokuException.class, () -> store.read(path, new ArtifactStore.Stat(1, "etag"), 0, 1));
                assertEquals(ErrorCode.RESOURCE_DOES_NOT_EXIST, missing.code());
                assertRefused(() -> write(name + "/below", "x"));
                write(name, "replaced");
                assertEquals("replaced", Files.readString(root.resolve(name)));
            }
        }
    }

    @Test
    void aFileAndAFolderCannotHaveTheSameName() throws IOException {
        write("a", "file");
        write("box/b", "file");
        assertRefused(() -> write("a/below", "x"));
        assertRefused(() -> write("a/further/below", "x"));
        assertRefused(() -> write("box", "x"));
        assertEquals(
                List.of("a", "box"),
                store.list(ArtifactPath.ROOT).stream().map(FileInfo::path).toList());
    }

    @Test
    void theUploadsFolderIsNotAccessible() throws IOException {
        write("a", "x");
        for (String path : List.of(".kiroku-uploads", ".kiroku-uploads/x", ".KIROKU-uploads/x")) {
            assertRefused(() -> store.list(ArtifactPath.of(path)));
            assertRefused(() -> store.stat(ArtifactPath.of(path)));
            assertRefused(() -> store.delete(ArtifactPath.of(path)));
            assertRefused(() -> write(path, "x"));
        }
        assertEquals(
                List.of("a"),
                store.list(ArtifactPath.ROOT).stream().map(FileInfo::path).toList());
        write("run/.kiroku-uploads", "elsewhere it is a name like any other");
    }

    @Test
    void onlyAbandonedUploadsAreRemoved() throws Exception {
        Path uploads = Files.createDirectory(root.resolve(".kiroku-uploads"));
        Files.writeString(uploads.resolve("of-a-server-that-was-killed"), "half");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cleaned = new CountDownLatch(1);
        InputStream slow = new InputStream() {
            private int left = 3;

            @Override
            public int read() throws IOException {
                begun.countDown();
                try {
                    cleaned.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return left-- > 0 ? 'x' : -1;
            }
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var upload = threads.submit(() -> {
                store.write(ArtifactPath.of("slow"), slow, 3);
                return null;
            });
            begun.await();
            new LocalArtifactStore(root)
                    .removeAbandonedUploads(); // as another server on the same folder does when it starts
            cleaned.countDown();
            upload.get();
        }
        assertEquals("xxx", Files.readString(root.resolve("slow")));
        try (Stream<Path> left = Files.list(uploads)) {
            assertEquals(List.of(), left.toList());
        }
    }
}
