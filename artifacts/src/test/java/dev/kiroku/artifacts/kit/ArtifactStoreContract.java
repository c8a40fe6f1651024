package dev.kiroku.artifacts.kit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that every implementation of {@link ArtifactStore} has to pass. */
public abstract class ArtifactStoreContract {
    /** More than one part of an upload to S3. */
    private static final int LARGE = (40 << 20) + 17;

    /** Returns the store, which is opened once. Each test uses a folder of its own. */
    protected abstract ArtifactStore store();

    private String folder;

    @BeforeEach
    void createFolder() {
        folder = UUID.randomUUID().toString();
    }

    private ArtifactPath at(String path) {
        return new ArtifactPath(folder + "/" + path);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void write(String path, String content) throws IOException {
        write(at(path), bytes(content));
    }

    private void write(ArtifactPath path, byte[] content) throws IOException {
        store().write(path, new ByteArrayInputStream(content), content.length);
    }

    private byte[] read(ArtifactPath path) throws IOException {
        ArtifactStore.Stat stat = store().stat(path).orElseThrow();
        try (InputStream in = store().read(path, stat, 0, stat.size())) {
            return in.readAllBytes();
        }
    }

    private String text(String path) throws IOException {
        return new String(read(at(path)), StandardCharsets.UTF_8);
    }

    private List<String> names(String path) throws IOException {
        return store().list(path.isEmpty() ? new ArtifactPath(folder) : at(path)).stream()
                .map(FileInfo::path)
                .map(p -> p.substring(folder.length() + 1))
                .toList();
    }

    @Test
    void readReturnsWhatWasWritten() throws IOException {
        write("model/MLmodel", "flavors:\n");
        assertEquals("flavors:\n", text("model/MLmodel"));
        assertEquals(9, store().stat(at("model/MLmodel")).orElseThrow().size());
    }

    @Test
    void emptyFilesAreFiles() throws IOException {
        write("empty", "");
        assertEquals(0, store().stat(at("empty")).orElseThrow().size());
        assertArrayEquals(new byte[0], read(at("empty")));
        assertEquals(List.of(new FileInfo(folder + "/empty", false, 0L)), store().list(new ArtifactPath(folder)));
    }

    @Test
    void lengthMayBeUnknown() throws IOException {
        store().write(at("unknown"), new ByteArrayInputStream(bytes("so long")), -1);
        assertEquals("so long", text("unknown"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void largeFilesAreStoredCompletely(boolean lengthKnown) throws IOException {
        byte[] content = new byte[LARGE];
        new Random(7).nextBytes(content);
        store().write(at("large"), new ByteArrayInputStream(content), lengthKnown ? LARGE : -1);
        ArtifactStore.Stat stat = store().stat(at("large")).orElseThrow();
        assertEquals(LARGE, stat.size());
        assertArrayEquals(content, read(at("large")));
        try (InputStream in = store().read(at("large"), stat, (16 << 20) - 3, 7)) {
            assertArrayEquals(Arrays.copyOfRange(content, (16 << 20) - 3, (16 << 20) + 4), in.readAllBytes());
        }
    }

    @Test
    void readReturnsTheRequestedRange() throws IOException {
        write("digits", "0123456789");
        ArtifactStore.Stat stat = store().stat(at("digits")).orElseThrow();
        for (int from = 0; from < 10; from++) {
            for (int length = 0; from + length <= 10; length++) {
                try (InputStream in = store().read(at("digits"), stat, from, length)) {
                    assertEquals(
                            "0123456789".substring(from, from + length),
                            new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    @Test
    void etagChangesOnlyWithTheContent() throws IOException {
        write("a", "one");
        String first = store().stat(at("a")).orElseThrow().etag();
        assertEquals(first, store().stat(at("a")).orElseThrow().etag());
        for (String content : List.of("two", "six", "ten")) { // of the same size, within one tick of the clock
            String before = store().stat(at("a")).orElseThrow().etag();
            write("a", content);
            assertNotEquals(before, store().stat(at("a")).orElseThrow().etag());
        }
        assertTrue(first.matches("[\\x21\\x23-\\x7E]+"), first);
    }

    @Test
    void overwritingReplacesTheWholeFile() throws IOException {
        write("a", "a long content");
        write("a", "short");
        assertEquals("short", text("a"));
        assertEquals(List.of("a"), names(""));
    }

    @Test
    void readFailsWhenTheFileHasChanged() throws IOException {
        write("a", "old content");
        ArtifactStore.Stat seen = store().stat(at("a")).orElseThrow();
        write("a", "new");
        assertEquals(ErrorCode.TEMPORARILY_UNAVAILABLE, refusalCode(() -> store().read(at("a"), seen, 0, seen.size())));
        store().delete(at("a"));
        assertEquals(ErrorCode.RESOURCE_DOES_NOT_EXIST, refusalCode(() -> store().read(at("a"), seen, 0, seen.size())));
    }

    @Test
    void missingFilesAndFoldersAreEmpty() throws IOException {
        assertEquals(Optional.empty(), store().stat(at("nothing")));
        assertEquals(List.of(), store().list(at("nothing")));
        write("file", "x");
        assertEquals(Optional.empty(), store().stat(at("file/below")));
        assertEquals(List.of(), store().list(at("file")), "a file is not a folder");
        write("box/file", "x");
        assertEquals(Optional.empty(), store().stat(at("box")), "a folder is not a file");
        assertEquals(Optional.empty(), store().stat(ArtifactPath.ROOT));
    }

    @Test
    void listReturnsTheEntriesOfOneFolderByName() throws IOException {
        for (String path : List.of("b", "a/2", "a/1", "a/deep/er", "a.txt", "B", "ä", "z/1")) {
            write(path, path);
        }
        assertEquals(List.of("B", "a", "a.txt", "b", "z", "ä"), names(""));
        assertEquals(List.of("a/1", "a/2", "a/deep"), names("a"));
        FileInfo deep = store().list(at("a")).getLast();
        assertTrue(deep.isDir());
        assertEquals(null, deep.fileSize());
        assertEquals(3L, store().list(at("a")).getFirst().fileSize());
    }

    @Test
    void listReturnsAllEntriesOfALargeFolder() throws Exception {
        List<String> expected =
                IntStream.range(0, 1050).mapToObj(i -> "many/" + i).sorted().toList(); // more than a page of S3
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Void>> writes = new ArrayList<>();
            for (String path : expected) {
                writes.add(() -> {
                    write(path, "");
                    return null;
                });
            }
            for (Future<Void> write : threads.invokeAll(writes)) {
                write.get();
            }
        }
        assertEquals(expected, names("many"));
        store().delete(at("many"));
        assertEquals(List.of(), names("many"));
    }

    @Test
    void unusualNamesAreStored() throws IOException {
        List<String> odd = List.of(
                "with space",
                " leading",
                "trailing ",
                "日本語",
                "emoji 😀",
                "e\u0301 and é",
                "a+b",
                "a%b",
                "100%",
                "a&b=c",
                "a;b",
                "a'b\"c",
                "a?b",
                "a*b",
                "~",
                "$HOME",
                "..hidden",
                ".hidden",
                "a..b",
                "a:b",
                "[x]",
                "{y}",
                "<z>",
                "|",
                "^",
                "`",
                "@",
                ",",
                "-rf",
                "x".repeat(255),
                "%41",
                "con",
                "a.txt.");
        for (String name : odd) {
            write("odd/" + name + "/" + name, name);
        }
        for (String name : odd) {
            assertEquals(name, text("odd/" + name + "/" + name));
            assertEquals(List.of("odd/" + name + "/" + name), names("odd/" + name));
        }
        assertEquals(odd.stream().map(n -> "odd/" + n).sorted().toList(), names("odd"));
    }

    @Test
    void deepFoldersAreStored() throws IOException {
        String deep = "d/".repeat(300) + "file";
        write(deep, "down here");
        assertEquals("down here", text(deep));
        assertEquals(List.of(deep), names("d/".repeat(299) + "d"));
        store().delete(at("d"));
        assertEquals(Optional.empty(), store().stat(at(deep)));
    }

    @Test
    void deleteRemovesOnlyTheFileOrFolder() throws IOException {
        for (String path : List.of("a", "ab", "b/1", "b/2/3", "bc/1")) {
            write(path, path);
        }
        store().delete(at("a"));
        store().delete(at("b"));
        store().delete(at("nothing"));
        assertEquals(List.of("ab", "bc"), names(""));
        assertEquals("bc/1", text("bc/1"));
        write("a", "again");
        assertEquals("again", text("a"));
    }

    @Test
    void theRootCannotBeWrittenOrDeleted() {
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusalCode(() -> store().delete(ArtifactPath.ROOT)));
        assertEquals(
                ErrorCode.INVALID_PARAMETER_VALUE,
                refusalCode(() -> store().write(ArtifactPath.ROOT, InputStream.nullInputStream(), 0)));
    }

    @Test
    void tooLongPathsAreRefused() throws IOException {
        String path = ("x".repeat(250) + "/").repeat(15) + "file";
        try {
            write(path, "x"); // a store may allow it
            assertEquals("x", text(path));
        } catch (KirokuException e) {
            assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, e.code());
            assertEquals(List.of(), names(""));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, 100_000, LARGE})
    void interruptedUploadsLeaveNothing(int before) throws IOException {
        InputStream breaking = new SequenceInputStream(new ByteArrayInputStream(new byte[before]), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        });
        assertThrows(IOException.class, () -> store().write(at("box/broken"), breaking, -1));
        assertEquals(Optional.empty(), store().stat(at("box/broken")));
        assertEquals(List.of(), names("box"));

        write("box/broken", "whole");
        assertThrows(IOException.class, () -> store().write(at("box/broken"), breaking, -1));
        assertEquals("whole", text("box/broken"), "the previous content stays");
        assertNoUploadRemains();
    }

    /** Checks that failed uploads take no space. */
    protected abstract void assertNoUploadRemains() throws IOException;

    @Test
    void concurrentReadersSeeOneWholeUpload() throws Exception {
        byte[] a = new byte[200_000];
        byte[] b = new byte[200_000];
        Arrays.fill(b, (byte) 1);
        write(at("contested"), a);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Void> writing = () -> {
                for (int i = 0; i < 10; i++) {
                    write(at("contested"), i % 2 == 0 ? b : a);
                }
                return null;
            };
            List<Future<Void>> writers =
                    IntStream.range(0, 4).mapToObj(i -> threads.submit(writing)).toList();
            int seen = 0;
            while (!writers.stream().allMatch(Future::isDone) || seen == 0) {
                try {
                    byte[] content = read(at("contested"));
                    assertTrue(Arrays.equals(content, a) || Arrays.equals(content, b));
                    seen++;
                } catch (KirokuException e) {
                    assertEquals(ErrorCode.TEMPORARILY_UNAVAILABLE, e.code());
                }
            }
            for (Future<Void> writer : writers) {
                writer.get();
            }
        }
        assertNoUploadRemains();
    }

    /** Random operations on few paths have the same results in the store and in the reference model. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomOperationsAgreeWithAReferenceModel(long seed) throws IOException {
        Random random = new Random(seed);
        ReferenceFiles reference = new ReferenceFiles();
        List<String> done = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            ArtifactPath path = randomPath(random);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    ArtifactPath file = new ArtifactPath(path.value() + ".file");
                    byte[] content = new byte[random.nextInt(10) == 0 ? 70_000 : random.nextInt(50)];
                    random.nextBytes(content);
                    done.add("write " + file.value());
                    write(file, content);
                    reference.write(file, content);
                }
                case 3 -> {
                    ArtifactPath doomed = random.nextBoolean() ? path : new ArtifactPath(path.value() + ".file");
                    done.add("delete " + doomed.value());
                    store().delete(doomed);
                    reference.delete(doomed);
                }
                case 4 -> assertEquals(reference.list(path), filesAndFullFolders(path), done.toString());
                default -> {
                    ArtifactPath file = new ArtifactPath(path.value() + ".file");
                    byte[] expected = reference.read(file);
                    assertEquals(expected != null, store().stat(file).isPresent(), done.toString());
                    if (expected != null) {
                        assertArrayEquals(expected, read(file), done.toString());
                    }
                }
            }
        }
        assertEquals(
                reference.list(new ArtifactPath(folder)),
                filesAndFullFolders(new ArtifactPath(folder)),
                done.toString());
    }

    /** Returns the entries without empty folders, which a disk has and S3 has not. */
    private List<FileInfo> filesAndFullFolders(ArtifactPath path) throws IOException {
        List<FileInfo> full = new ArrayList<>();
        for (FileInfo entry : store().list(path)) {
            if (!entry.isDir()
                    || !filesAndFullFolders(new ArtifactPath(entry.path())).isEmpty()) {
                full.add(entry);
            }
        }
        return full;
    }

    private ArtifactPath randomPath(Random random) {
        String[] names = {"a", "b c", "ü", "%41", "d.d", "日"};
        StringBuilder path = new StringBuilder(folder);
        for (int i = random.nextInt(3); i >= 0; i--) {
            path.append('/').append(names[random.nextInt(names.length)]);
        }
        return new ArtifactPath(path.toString());
    }

    protected static ErrorCode refusalCode(org.junit.jupiter.api.function.Executable what) {
        KirokuException refusal = assertThrows(KirokuException.class, what);
        assertFalse(refusal.getMessage().isBlank());
        return refusal.code();
    }
}
