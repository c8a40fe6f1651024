package dev.kiroku.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretMaskerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            postgresql://ann:hunter2@db/runs                   | postgresql://ann:***@db/runs
            postgresql://ann:hun/ter:2@x@db/runs               | postgresql://ann:***@db/runs
            postgresql://:hunter2@db/runs                      | postgresql://:***@db/runs
            postgresql://db/r?sslpassword=hunter2&sslmode=x    | postgresql://db/r?sslpassword=***&sslmode=x
            https://h/?X-Amz-Security-Token=hunter2&a=b        | https://h/?X-Amz-Security-Token=***&a=b
            said postgresql://a:hunter2@b/c and mysql://d:e@f  | said postgresql://a:***@b/c and mysql://d:***@f
            s3://bucket/folder                                 | s3://bucket/folder
            http://localhost:5000/a                            | http://localhost:5000/a
            """)
    void masksPasswords(String text, String shown) {
        assertEquals(shown, SecretMasker.mask(text));
    }

    /** Backtracking takes minutes for each of these. */
    @ParameterizedTest
    @ValueSource(strings = {"://:", "a", "password", "x://u:p@ ", "password=", "://a:@"})
    void longTextsAreMaskedInLinearTime(String part) {
        String text = part.repeat(300_000);
        assertEquals(part.contains("@") || part.contains("="), !text.equals(SecretMasker.mask(text)));
    }

    @Test
    void nullIsReturnedForNull() {
        assertNull(SecretMasker.mask(null));
    }
}
