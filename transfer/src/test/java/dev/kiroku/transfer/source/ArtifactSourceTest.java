package dev.kiroku.transfer.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.ArtifactFolder.ArtifactFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactSourceTest {
    private static final String RUN = "/1/0123/artifacts";

    @TempDir
    private Path folder;

    private Path root;
    private Path secret;
    private ArtifactSource artifacts;

    @BeforeEach
    void write() throws IOException {
        root = folder.resolve("ml runs #1");
        secret = write(folder.resolve("secret/key"), "secret");
        write(root.resolve("1/0123/artifacts/a b%20c.txt"), "one");
        write(root.resolve("1/0123/artifacts/sub/モデル/w.bin"), "three");
        artifacts = new ArtifactSource(List.of(
                new ArtifactRoot(root.toString(), new LocalArtifactFolder(root)),
                new ArtifactRoot("s3://old/x", new LocalArtifactFolder(root)),
                new ArtifactRoot(ArtifactRoot.PROXIED, new LocalArtifactFolder(root))));
    }

    private static Path write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private record Listing(Map<String, Long> files, List<String> leftOut) implements ArtifactFolder.Visitor {
        Listing() {
            this(new TreeMap<>(), new ArrayList<>());
        }

        @Override
        public void visit(ArtifactFile file) {
            files.put(file.path().value(), file.size());
        }

        @Override
        public void leaveOut(String name, String reason) {
            leftOut.add(name + ": " + reason);
        }
    }

    private Listing list(String uri) throws IOException {
        Listing listing = new Listing();
        artifacts.list(uri, listing);
        return listing;
    }

    @Test
    void theSameFilesByAllFormsOfAUri() throws IOException {
        String encoded = root.toUri().toString().replaceFirst("/$", "");
        for (String uri : List.of(
                root + RUN,
                encoded + RUN,
                encoded.replace("file:", "file://localhost") + RUN + "/",
                "s3://old/x" + RUN,
                "mlflow-artifacts:" + RUN,
                "mlflow-artifacts://old-host:5000" + RUN)) {
            Listing listing = list(uri);
            assertEquals(Map.of("a b%20c.txt", 3L, "sub/モデル/w.bin", 5L), listing.files, uri);
            assertEquals(List.of(), listing.leftOut);
            try (var in = artifacts.open(uri, ArtifactPath.of("sub/モデル/w.bin"))) {
                assertEquals("three", new String(in.readAllBytes(), UTF_8));
            }
        }
        assertEquals(Map.of(), list(root + "/2/none/artifacts").files, "a run without artifacts has no folder");
    }

    @Test
    void recordsCannotNameOtherPlaces() throws IOException {
        Path outside = secret.getParent();
        for (String uri : List.of(
                outside.toString(),
                outside.toUri().toString(),
                root + "/../secret",
                root.toUri() + "%2e%2e/secret",
                root + "x",
                "s3://old/xy",
                "s3://other/x/1",
                "file://otherhost" + root,
                "",
                "runs:/0123/model")) {
            assertFalse(artifacts.covers(uri), uri);
            KirokuException refused = assertThrows(KirokuException.class, () -> list(uri), uri);
            assertTrue(refused.getMessage().contains("--artifacts-from"), refused::getMessage);
        }
        for (String uri :
                List.of("mlflow-artifacts:/../secret", "mlflow-artifacts:/%2e%2e/secret", "s3://old/x/../x")) {
            assertThrows(KirokuException.class, () -> list(uri), uri);
        }
        KirokuException refused = assertThrows(
                KirokuException.class, () -> list("s3://user:hidden@b/1").files());
        assertFalse(refused.getMessage().contains("hidden"), refused::getMessage);
    }

    @Test
    void linksAreNamedAndNotFollowed() throws IOException {
        Path run = root.resolve("1/0123/artifacts");
        Files.createSymbolicLink(run.resolve("link"), secret);
        Files.createSymbolicLink(run.resolve("folder"), secret.getParent());
        Files.createSymbolicLink(root.resolve("1/linked"), folder);
        write(run.resolve("no#path"), "");
        Listing listing = list(root + RUN);
        assertEquals(2, listing.files.size(), listing::toString);
        assertEquals(3, listing.leftOut.size(), listing::toString);
        assertTrue(listing.leftOut.toString().contains("link: it is a symbolic link"), listing::toString);
        assertTrue(listing.leftOut.toString().contains("must not contain '#'"), listing::toString);
        assertThrows(KirokuException.class, () -> artifacts.open(root + RUN, ArtifactPath.of("link")));
        assertThrows(KirokuException.class, () -> artifacts.open(root + RUN, ArtifactPath.of("folder/key")));
        assertThrows(KirokuException.class, () -> list(root + "/1/linked/secret"));
    }
}
