package dev.kiroku.artifacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
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

    private static void assertPlace(String path, ArtifactStores.Place place) {
        assertEquals(ArtifactPath.of(path), place.path());
    }

    private static void refuses(ErrorCode code, ArtifactStores stores, String uri) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> stores.locate(uri), uri);
        assertEquals(code, refusal.code(), uri + ": " + refusal.getMessage());
    }

    @Test
    void whatGoesThroughTheServerIsBelowItsDestination() {
        try (var stores = stores(folder.toString(), "mlflow-artifacts:/")) {
            assertPlace("1/abc/artifacts", stores.locate("mlflow-artifacts:/1/abc/artifacts"));
            assertPlace("1/abc", stores.locate("mlflow-artifacts://other-name:5000/1/abc/"));
            assertPlace("", stores.locate("mlflow-artifacts:/"));
            assertEquals(stores.served(), stores.locate("mlflow-artifacts:/1").store());
            for (String out : List.of(
                    "mlflow-artifacts:/../x",
                    "mlflow-artifacts:/%2e%2e/x",
                    "mlflow-artifacts:/a/%252e%252e/x",
                    "mlflow-artifacts:/a b",
                    "mlflow-artifacts:/a%00")) {
                refuses(ErrorCode.INVALID_PARAMETER_VALUE, stores, out);
            }
        }
    }

    @Test
    void placesThatOnlyAClientNamedAreNotOpened() {
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
                refuses(ErrorCode.INVALID_PARAMETER_VALUE, stores, place);
            }
        }
    }

    @Test
    void theDefaultRootIsOpenedHoweverItIsWritten() {
        String root = folder.resolve("my root").toString();
        try (var stores = stores(null, root)) {
            assertPlace("", stores.locate(root));
            assertPlace("1/a", stores.locate(root + "/1/a"));
            assertPlace("1/a", stores.locate("file://" + root.replace(" ", "%20") + "/1/a"));
            refuses(ErrorCode.NOT_IMPLEMENTED, stores, "mlflow-artifacts:/1");
            assertEquals(
                    ErrorCode.NOT_IMPLEMENTED,
                    assertThrows(KirokuException.class, stores::served).code());
        }
        try (var stores = stores(null, "s3://bucket/some/")) {
            assertPlace("1/a", stores.locate("s3://bucket/some/1/a"));
            for (String other : List.of(
                    "s3://bucket/something",
                    "s3://bucket",
                    "s3://other/some/1",
                    "s3://bucket/some/../x",
                    "s3://user@bucket/some/1")) {
                refuses(ErrorCode.INVALID_PARAMETER_VALUE, stores, other);
            }
        }
    }

    @Test
    void placesOfAnotherKindAreRefusedWhenTheServerStarts() {
        for (String place :
                List.of("gs://bucket/x", "https://host/x", "wasbs://user:secret@host/x", "s3:///x", "s3:x")) {
            KirokuException refusal = assertThrows(
                    KirokuException.class,
                    () -> stores(place, "mlflow-artifacts:/").close());
            assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusal.code());
            assertTrue(!refusal.getMessage().contains("secret"), refusal.getMessage());
        }
    }
}
