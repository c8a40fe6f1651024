package dev.kiroku.serving.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URIs that need no tracking server. */
class ModelSourceFactoryTest {
    @TempDir
    Path folder;

    private ModelSourceFactory factory() {
        return new ModelSourceFactory(
                Map.of(), new ModelCache(folder.resolve("cache"), (location, done, total) -> {}), uri -> {
                    throw new IllegalStateException(uri);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "a b", "a[1]^x", "モデル", "100%", "a+b", "a#b"})
    void findsDirectoriesByPathAndUri(String name) throws IOException {
        Path model = Files.createDirectory(folder.resolve(name));
        Files.createFile(model.resolve("MLmodel"));
        for (String uri : new String[] {model.toString(), "file:" + model, "file://" + model}) {
            ModelSource source = factory().create(uri);
            assertFalse(source.canChange());
            assertEquals(model, source.fetch(source.resolve()), uri);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void modelWhoseDescriptionExceedsTheLimitsIsRefused(boolean deep) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        String description = deep
                ? "metadata: " + "[".repeat(10_000) + "]".repeat(10_000)
                : IntStream.range(0, 250_000).mapToObj(i -> "k" + i + ": 1").collect(Collectors.joining("\n"));
        Files.writeString(model.resolve("MLmodel"), description);
        ModelSource source = factory().create(model.toString());
        KirokuException refusal = assertThrows(KirokuException.class, () -> source.fetch(source.resolve()));
        assertTrue(
                refusal.getMessage().contains(deep ? "nested more than 100 levels" : "more than 50000 values"),
                refusal.getMessage());
    }

    @Test
    void decodesPercentEncoding() throws IOException {
        Path model = Files.createDirectory(folder.resolve("a b"));
        Files.createFile(model.resolve("MLmodel"));
        ModelSource source = factory().create("file://" + folder + "/a%20b");
        assertEquals(model, source.fetch(source.resolve()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models:",
                "models:/m",
                "models:/m/1/2",
                "models:m",
                "runs:/short/model",
                "models:/m@champion",
                "nowhere"
            })
    void rejectsUrisThatCannotBeUsed(String uri) {
        assertThrows(KirokuException.class, () -> factory().create(uri));
    }
}
