package dev.kiroku.cli.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.cli.Cli;
import dev.kiroku.cli.command.CommandContext;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.model.artifacts.FileInfo;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiroku import --artifacts}: from folders, buckets and servers, into a folder and a bucket. */
class ArtifactImportTest {
    private static final Path RESOURCES = Path.of("../transfer/src/test/resources");
    private static final String EXPERIMENT = "277264762039261340";
    private static final String RUN = "1e8faab5d28c4bcd96ef04575ad8f67d";
    private static final String MODEL = "m-3941639cb6b94d858129e34bf8646965";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    private record Answer(int status, String text) {
        Answer requireStatus(int expected) {
            assertEquals(expected, status, text);
            return this;
        }

        void requireText(String expected) {
            assertTrue(text.contains(expected), text);
        }
    }

    private Answer kiroku(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--backend-store-uri", "sqlite:///" + folder.resolve("kiroku.db")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        int status = new Cli(new CommandContext(print, print, environment)).run(all.toArray(String[]::new));
        return new Answer(status, out.toString(UTF_8));
    }

    private Stores open() {
        return Stores.open(new StoreUri.Sqlite(folder.resolve("kiroku.db")), Duration.ZERO);
    }

    private Path copy(String resource) throws IOException {
        Path from = RESOURCES.resolve(resource);
        Path to = folder.resolve("source");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    @Test
    void aFileStoreIsCopiedComparedAndRepaired() throws Exception {
        Path source = copy("mlruns/3.17.2");
        Path logged = source.resolve(EXPERIMENT).resolve(RUN).resolve("artifacts");
        write(logged.resolve("a b%20c %41/モデル+.txt"), "odd");
        write(logged.resolve("empty"), "");
        write(source.resolve(EXPERIMENT).resolve("models/" + MODEL + "/artifacts/MLmodel"), "flavors: {}");
        write(folder.resolve("secret"), "secret");
        Path destination = folder.resolve("artifacts");
        String[] copy = {
            "import", source.toString(), "--artifacts", "copy", "--artifacts-destination", destination.toString()
        };
        Answer counted = kiroku("import", source.toString(), "--artifacts", "copy", "--dry-run");
        counted.requireStatus(0).requireText("5 files");
        kiroku(copy).requireStatus(0).requireText("5 files");
        Path copied = destination.resolve(EXPERIMENT).resolve(RUN).resolve("artifacts");
        assertEquals("odd", Files.readString(copied.resolve("a b%20c %41/モデル+.txt")));
        try (Stores stores = open()) {
            assertEquals(
                    "mlflow-artifacts:/" + EXPERIMENT + "/" + RUN + "/artifacts",
                    stores.runs().get(RUN).info().artifactUri());
            assertEquals(
                    "mlflow-artifacts:/" + EXPERIMENT + "/models/" + MODEL + "/artifacts",
                    stores.loggedModels().get(MODEL, false).info().artifactUri());
            assertEquals(
                    "mlflow-artifacts:/" + EXPERIMENT,
                    stores.experiments().get(Long.parseLong(EXPERIMENT)).artifactLocation());
        }

        Files.delete(copied.resolve("empty"));
        Files.writeString(copied.resolve("sub/a.txt"), "of another length");
        Answer differs = verify(copy);
        differs.requireStatus(1).requireText("empty of run " + RUN + " is missing");
        differs.requireText("sub/a.txt of run " + RUN + " has");
        kiroku(copy).requireStatus(0).requireText("2 files");
        verify(copy).requireStatus(0).requireText("Compared 5 artifact files: no differences");
        Files.writeString(copied.resolve("a b%20c %41/モデル+.txt"), "ODD");
        verify(copy).requireStatus(1).requireText("has another digest");

        Files.createSymbolicLink(logged.resolve("link"), folder.resolve("secret"));
        write(logged.resolve("a#b"), "no artifact can have this name");
        Answer left = kiroku(copy).requireStatus(1);
        left.requireText("it is a symbolic link");
        left.requireText("must not contain '#'");
        assertFalse(Files.exists(copied.resolve("link")), "links are not followed");
    }

    private Answer verify(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add(1, "verify");
        return kiroku(all.toArray(String[]::new));
    }

    @Test
    void exportedFilesOfVersionsFollowTheirRun() throws Exception {
        Path source = copy("export-import/1.2.0");
        kiroku("import", source.toString()).requireStatus(0);
        try (Stores stores = open()) {
            assertTrue(stores.runs()
                    .get("5d17c363856a473cb65ea879b8838eee")
                    .info()
                    .artifactUri()
                    .startsWith("file:"));
        }
        Path destination = folder.resolve("artifacts");
        kiroku("import", source.toString(), "--artifacts", "copy", "--artifacts-destination", destination.toString())
                .requireStatus(0)
                .requireText("5 files");
        try (Stores stores = open()) {
            String location = stores.registry().getStorageLocation("iris", 1);
            assertEquals("mlflow-artifacts:/1/5d17c363856a473cb65ea879b8838eee/artifacts/d", location);
            assertEquals(location, stores.registry().getVersion("iris", 1).source());
            assertTrue(Files.exists(destination.resolve("1/5d17c363856a473cb65ea879b8838eee/artifacts/d/sub/g")));
        }
        verify("import", source.toString(), "--artifacts", "copy", "--artifacts-destination", destination.toString())
                .requireStatus(0);
    }

    private String unpack(String name) throws IOException {
        Path file = folder.resolve(name);
        try (var in = new GZIPInputStream(Files.newInputStream(RESOURCES.resolve("mlflow/" + name + ".gz")))) {
            Files.copy(in, file);
        }
        return "sqlite:///" + file;
    }

    @Test
    void bucketsAreReadIfTheyAreNamed() throws Exception {
        TransientNio2BlobStore blobs = new TransientNio2BlobStore();
        blobs.createContainer("models");
        blobs.createContainer("kiroku");
        S3Proxy s3 = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "key", "secret")
                .build();
        s3.start();
        try {
            environment.putAll(Map.of(
                    "MLFLOW_S3_ENDPOINT_URL",
                    "http://127.0.0.1:" + s3.getPort(),
                    "AWS_ACCESS_KEY_ID",
                    "key",
                    "AWS_SECRET_ACCESS_KEY",
                    "secret"));
            String source = unpack("mlflow-3.17.2.db");
            kiroku("import", source).requireStatus(0);
            String run = findRunIn("s3://models/vision");
            try (var models = new ConfiguredArtifactStores(null, "s3://models", environment)) {
                ArtifactStore store = models.resolve("s3://models").store();
                byte[] large = new byte[20 << 20];
                large[large.length - 1] = 1;
                for (String name : List.of("weights.bin", "a b%/ü.txt")) {
                    byte[] content = name.equals("weights.bin") ? large : name.getBytes(UTF_8);
                    store.write(
                            ArtifactPath.of("vision/" + run + "/artifacts/" + name),
                            new ByteArrayInputStream(content),
                            content.length);
                }
            }
            String[] copy = {"import", source, "--artifacts", "copy", "--artifacts-destination", "s3://kiroku/a"};
            kiroku(copy).requireStatus(1).requireText("add --artifacts-from 's3://models/vision'");
            assertEquals(run, findRunIn("s3://models/vision"), "the location of what is not copied stays");
            List<String> named = new ArrayList<>(List.of(copy));
            named.addAll(List.of("--artifacts-from", "s3://models"));
            Answer copied = kiroku(named.toArray(String[]::new));
            copied.requireText("2 files (20.0 MiB) copied");
            try (Stores stores = open();
                    var all = new ConfiguredArtifactStores("s3://kiroku/a", "mlflow-artifacts:/", environment)) {
                String uri = stores.runs().get(run).info().artifactUri();
                assertEquals("mlflow-artifacts:/1/" + run + "/artifacts", uri);
                var location = all.resolve(uri);
                assertEquals(
                        List.of("1/" + run + "/artifacts/a b%", "1/" + run + "/artifacts/weights.bin"),
                        location.store().list(location.path()).stream()
                                .map(FileInfo::path)
                                .toList());
            }
            kiroku(named.toArray(String[]::new))
                    .requireText("0 files (0 bytes) copied, their digests compared, 2 here");
        } finally {
            s3.stop();
        }
    }

    private String findRunIn(String location) throws Exception {
        try (var database = java.sql.DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("kiroku.db"));
                var select = database.prepareStatement(
                        "select run_id from runs where artifact_uri like ? order by run_id")) {
            select.setString(1, location + "/%");
            try (var rows = select.executeQuery()) {
                assertTrue(rows.next());
                return rows.getString(1);
            }
        }
    }

    @Test
    void artifactsOfAServerAreReadOverItsApi() throws Exception {
        Path source = copy("mlruns/3.17.2");
        Path old = folder.resolve("old");
        Path store = folder.resolve("kiroku.db");
        kiroku("import", source.toString(), "--artifacts", "copy", "--artifacts-destination", old.toString())
                .requireStatus(0);
        Path server = Files.createDirectory(folder.resolve("server"));
        Files.move(store, server.resolve("kiroku.db"));
        Path destination = folder.resolve("new");
        try (ArtifactTestServer running =
                new ArtifactTestServer(server, Map.of("artifacts-destination", old.toString()), Map.of())) {
            String url = running.url();
            String[] copy = {"import", url, "--artifacts", "copy", "--artifacts-destination", destination.toString()};
            kiroku(copy).requireStatus(0).requireText("2 files");
            verify(copy).requireStatus(0).requireText("Compared 2 artifact files: no differences");
        }
        assertEquals(
                Files.readString(source.resolve(EXPERIMENT).resolve(RUN).resolve("artifacts/sub/a.txt")),
                Files.readString(destination.resolve(EXPERIMENT).resolve(RUN).resolve("artifacts/sub/a.txt")));
    }

    /** A large file, in a process with a small heap that is killed in the middle. */
    @Test
    void aKilledCopyLeavesNothingVisibleAndGoesOn() throws Exception {
        Path source = copy("mlruns/3.17.2");
        Path logged = source.resolve(EXPERIMENT).resolve(RUN).resolve("artifacts/large.bin");
        long size = 300L << 20;
        try (RandomAccessFile file = new RandomAccessFile(logged.toFile(), "rw")) {
            file.setLength(size);
            file.seek(size - 5);
            file.write(new byte[] {1, 2, 3, 4, 5});
        }
        Path destination = folder.resolve("artifacts");
        Path copied = destination.resolve(EXPERIMENT).resolve(RUN).resolve("artifacts/large.bin");
        Process process = start(source, destination);
        while (process.isAlive() && uploaded(destination) < 20 << 20) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
        assertTrue(process.isAlive(), "the copy was not interrupted");
        process.destroyForcibly().waitFor();
        assertFalse(Files.exists(copied), "half of a file is visible");
        assertEquals(0, start(source, destination).waitFor(), () -> read(folder.resolve("import.log")));
        assertEquals(-1, Files.mismatch(logged, copied));
        assertEquals(0, uploaded(destination), "nothing is left of the first attempt");
    }

    private Process start(Path source, Path destination) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.kiroku.cli.Main",
                        "import",
                        source.toString(),
                        "--artifacts",
                        "copy",
                        "--artifacts-destination",
                        destination.toString(),
                        "--backend-store-uri",
                        "sqlite:///" + folder.resolve("kiroku.db"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("import.log").toFile())
                .start();
    }

    private static long uploaded(Path destination) {
        long size = 0;
        try (Stream<Path> files = Files.list(destination.resolve(".kiroku-uploads"))) {
            for (Path file : files.toList()) {
                size += Files.size(file);
            }
        } catch (IOException e) {
            // not there yet, or not any more
        }
        return size;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
