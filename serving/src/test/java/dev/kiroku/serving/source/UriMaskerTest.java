package dev.kiroku.serving.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriMaskerTest {
    @ParameterizedTest
    @CsvSource({
        "models:/iris@champion, models:/iris@champion",
        "/models/a@b:c, /models/a@b:c",
        "s3://bucket/path@x:y, s3://bucket/path@x:y",
        "s3://key:secret@bucket/path, s3://***@bucket/path",
        "s3://key:se@cret@bucket/path, s3://***@bucket/path",
        "wasbs://container@account/path, wasbs://container@account/path",
        "https://host/model?sig=abc&x=1, https://host/model?sig=***&x=***",
        "at ftp://u:p@h/x and s3://b, at ftp://***@h/x and s3://b"
    })
    void masksPasswordsAndQueries(String uri, String masked) {
        assertEquals(masked, UriMasker.mask(uri));
    }

    /** Backtracking takes minutes for each of these. */
    @ParameterizedTest
    @ValueSource(strings = {":", "?", "a", "://", "@", "&a"})
    void longUrisAreMaskedInLinearTime(String part) {
        String uri = "x://" + part.repeat(300_000) + "/y";
        assertEquals(uri, UriMasker.mask(uri));
    }

    @ParameterizedTest
    @CsvSource({"s3://key:secret@bucket/path, s3://***@bucket/path"})
    void labelsOfVersionsHaveNoCredentials(String uri, String masked) {
        ModelSource.ResolvedVersion version = new ModelSource.ResolvedVersion(uri, uri);
        assertEquals(masked, version.label());
        assertEquals(uri, version.location());
    }
}
