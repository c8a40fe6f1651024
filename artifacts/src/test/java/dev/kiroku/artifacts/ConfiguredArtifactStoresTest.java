package dev.kiroku.artifacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredArtifactStoresTest {
    @TempDir
    private Path folder;

    private ConfiguredArtifactStores stores(String destination, String root) {
        return new ConfiguredArtifactStores(destination, root, Map.of());
    }

    private static void assertLocation(String path, ArtifactStores.Location place) {
        assertEquals(ArtifactPath.of(path), place.path());
    }

    private static void assertRefused(ErrorCode code, ArtifactStores stores, String uri) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> stores.resolve(uri), uri);
        assertEquals(code, refusal.code(), uri + ": " + refusal.getMessage());
    }

    @Test
    void proxiedUrisResolveBelowTheDestination() {
        try (var stores = stores(folder.toString(), "mlflow-artifacts:/")) {
            assertLocation("1/abc/artifacts", stores.resolve("mlflow-artifacts:/1/abc/artifacts"));
            assertLocation("1/abc", stores.resolve("mlflow-artifacts://other-name:5000/1/abc/"));
            assertLocation("", stores.resolve("mlflow-artifacts:/"));
            assertLocation("a b/50%/[x]^/日本", stores.resolve("mlflow-artifacts:/a b/50%/[x]^/日本"));
            assertLocation("a b", stores.resolve("mlflow-artifacts:/a%20b"));
            assertEquals(stores.proxied(), stores.resolve("mlflow-artifacts:/1").store());
            for (String out : List.of(
                    "mlflow-artifacts:/../x",
                    "mlflow-artifacts:/%2e%2e/x",
                    "mlflow-artifacts:/a/%252e%252e/x",
                    "mlflow-artifacts:/a%00")) {
                assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, stores, out);
            }
        }
    }

    @Test
    void locationsNotConfiguredByTheOperatorAreRefused() {
        try (var stores = stores(
                folder.resolve("served").toString(), folder.resolve("root").toString())) {
            for (String place : List.of(
                    "/etc",
                    "file:///etc",
                    "file:/etc/passwd",
                    "/",
                    "file:///",
                    "file:" + folder,
                    folder.toString(),
                    folder + "/root2",
                    folder + "/root/../served",
                    folder + "/served/1",
                    "file://" + folder + "/root/%2e%2e/served",
                    "relative",
                    "./root",
                    "../x",
                    "s3://bucket/x",
                    "http://127.0.0.1:1/x",
                    "ftp://host/x",
                    "dbfs:/x",
                    "hdfs:/x",
                    "file://host/share",
                    "\\\\host\\share",
                    "C:\\x",
                    "a\0b",
                    "")) {
                assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, stores, place);
            }
        }
    }

    @Test
    void allSpellingsOfTheDefaultRootResolve() {
        String root = folder.resolve("my root").toString();
        try (var stores = stores(null, root)) {
            assertLocation("", stores.resolve(root));
            assertLocation("1/a", stores.resolve(root + "/1/a"));
            assertLocation("1/a", stores.resolve("file://" + root.replace(" ", "%20") + "/1/a"));
            assertLocation("1/a", stores.resolve("FILE://" + root + "/1/a"));
            assertLocation("1/a", stores.resolve("file:" + root + "/1/a"));
            assertRefused(ErrorCode.NOT_IMPLEMENTED, stores, "mlflow-artifacts:/1");
            assertEquals(
                    ErrorCode.NOT_IMPLEMENTED,
                    assertThrows(KirokuException.class, stores::proxied).code());
        }
        try (var stores = stores(null, "s3://bucket/some/")) {
            assertLocation("1/a", stores.resolve("s3://bucket/some/1/a"));
            for (String other : List.of(
                    "s3://bucket/something",
                    "s3://bucket",
                    "s3://other/some/1",
                    "s3://bucket/some/../x",
                    "s3://user@bucket/some/1")) {
                assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, stores, other);
            }
        }
    }

    @Test
    void rootsMayHaveUnusualCharacters() throws Exception {
        for (String name : List.of("a b", "[x]", "a^b", "50%", "日本", "a?b")) {
            Path root = folder.resolve(name);
            try (var stores = stores(root.toString(), "mlflow-artifacts:/")) {
                writeFile(stores);
            }
            assertEquals("x", Files.readString(root.resolve("1/a")), name);
        }
        try (var stores = stores("file://" + folder + "/of uri/50%", "mlflow-artifacts:/")) {
            writeFile(stores);
        }
        assertEquals("x", Files.readString(folder.resolve("of uri/50%/1/a")));
    }

    private static void writeFile(ArtifactStores stores) throws IOException {
        stores.proxied().write(ArtifactPath.of("1/a"), new ByteArrayInputStream("x".getBytes()), 1);
    }

    @Test
    void unsupportedDestinationsAreRefusedAtStart() {
        for (String place : List.of(
                "gs://bucket/x", "file://host/x", "https://host/x", "wasbs://user:secret@host/x", "s3:///x", "s3:x")) {
            KirokuException refusal = assertThrows(
                    KirokuException.class,
                    () -> stores(place, "mlflow-artifacts:/").close());
            assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusal.code());
            assertTrue(!refusal.getMessage().contains("secret"), refusal.getMessage());
        }
    }
}
