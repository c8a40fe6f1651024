package dev.kiroku.core.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactLocationsTest {
    private static String validate(String location) {
        return ArtifactLocations.validate(location, LocationRules.of("mlflow-artifacts:/"));
    }

    /** What MLflow 3.17.2 accepts and records unchanged. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/abs",
                "/abs/a b",
                "/abs/[x]",
                "/abs/^x",
                "/abs/50%",
                "/abs/%20x",
                "/abs/é",
                "file:///abs/a b",
                "file:///abs/%20",
                "file:/abs",
                "file://localhost/x",
                "s3://bucket/My Folder",
                "s3://bucket/[x]/{y}",
                "s3://bucket/a^b",
                "s3://bucket/50%",
                "s3://bucket/%zz",
                "s3://bucket/日本",
                "s3://b/x?y=1",
                "s3://b/x;y",
                "s3://b/a/.../b",
                "S3://b/x",
                "wasbs://container@account.blob.core.windows.net/path",
                "gs://b/a|b",
                "mlflow-artifacts:/a b",
                "mlflow-artifacts:/",
                "dbfs:/x",
                "unknown://x"
            })
    void locationsAreRecordedAsMlflowDoes(String location) {
        assertEquals(location, validate(location));
    }

    @Test
    void relativePathsBecomeAbsolute() {
        String folder = Path.of("").toAbsolutePath().toString();
        assertEquals(folder + "/relative", validate("relative"));
        assertEquals(folder + "/rel/a b", validate("./rel/a b"));
        assertEquals("file://" + folder + "/rel", validate("file:rel"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            s3://b/x#f,                     fragments or params
            x;y,                            fragments or params
            s3://b/x?y=../1,                Invalid query string
            s3://b/x?y=%2e%2e/1,            Invalid query string
            http://host/x,                  addresses a host other
            HTTPS://user:pw@host/x,         addresses a host other
            hdfs:/x,                        addresses a host other
            ftp://u:p@h/x,                  addresses a host other
            abfss://fs@acc.dfs.core/x,      addresses a host other
            mlflow-artifacts://host/a,      addresses a host other
            runs:/abc/x,                    runs:/ URI
            file://host/x,                  not a valid remote uri
            s3://key:secret@bucket/x,       password
            wasbs://user:pw@host/x,         password
            s3://b/..,                      have '..' in its path
            s3://b/%2e%2e/x,                have '..' in its path
            ../up,                          have '..' in its path
            file:///abs/../x,               have '..' in its path
            """)
    void refusalsGiveTheirReason(String location, String reason) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> validate(location));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refusal.code());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @Test
    void backslashesAndControlCharactersAreRefused() {
        for (String location : new String[] {"s3://b/a\\b", "s3://b/a\tb", "C:\\x", "a\0b", "/a\nb"}) {
            assertThrows(KirokuException.class, () -> validate(location), location);
        }
        assertThrows(KirokuException.class, () -> validate("/" + "x".repeat(2048)));
    }

    @Test
    void locationsOnTheHostOfTheArtifactRootAreAccepted() {
        String root = "https://Artifacts.example/api/2.0/mlflow-artifacts/artifacts/exp";
        String location = "https://artifacts.example/api/2.0/mlflow-artifacts/artifacts/other";
        assertEquals(location, ArtifactLocations.validate(location, LocationRules.of(root)));
        for (String other :
                new String[] {"http://artifacts.example/x", "https://artifacts.example:81/x", "https://other/x"}) {
            assertThrows(KirokuException.class, () -> ArtifactLocations.validate(other, LocationRules.of(root)), other);
        }
    }

    @Test
    void operatorCanAllowSchemesAndOtherLengths() {
        var rules = new LocationRules("mlflow-artifacts:/", 30, Set.of("hdfs", "abfss"));
        assertEquals("hdfs://host:8020/x", ArtifactLocations.validate("hdfs://host:8020/x", rules));
        assertEquals("ABFSS://c@a.dfs.x/y", ArtifactLocations.validate("ABFSS://c@a.dfs.x/y", rules));
        for (String other : new String[] {"ftp://host/x", "hdfs://user:pw@host/x", "s3://bucket/" + "x".repeat(30)}) {
            assertThrows(KirokuException.class, () -> ArtifactLocations.validate(other, rules), other);
        }
    }

    @Test
    void foldersAreAppendedBeforeTheQuery() {
        assertEquals("s3://b/x/1/a?y=1", ArtifactLocations.append("s3://b/x?y=1", "1/a"));
        assertEquals("/a b/1", ArtifactLocations.append("/a b/", "1"));
    }
}
