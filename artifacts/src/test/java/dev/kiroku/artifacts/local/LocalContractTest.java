package dev.kiroku.artifacts.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.artifacts.kit.ArtifactStoreContract;
import dev.kiroku.core.artifacts.ArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalContractTest extends ArtifactStoreContract {
    private Path root;
    private ArtifactStore store;

    @BeforeAll
    void open(@TempDir Path folder) {
        root = folder.resolve("made when needed");
        store = new LocalArtifactStore(root);
    }

    @Override
    protected ArtifactStore store() {
        return store;
    }

    @Override
    protected void assertNoUploadRemains() throws IOException {
        try (var left = Files.list(root.resolve(".kiroku-uploads"))) {
            assertEquals(List.of(), left.toList());
        }
    }
}
