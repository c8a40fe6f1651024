package dev.kiroku.serving.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts are those of Python's {@code json.dumps}. */
class PythonJsonTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "-1.5, -1.5",
        "0.1, 0.1",
        "100, 100.0",
        "1234567, 1234567.0",
        "12345678, 12345678.0",
        "123456789.125, 123456789.125",
        "1e15, 1000000000000000.0",
        "9007199254740993, 9007199254740992.0",
        "1e16, 1e+16",
        "1.5e16, 1.5e+16",
        "1e22, 1e+22",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "0.001, 0.001",
        "0.0001, 0.0001",
        "0.00012345, 0.00012345",
        "0.00001, 1e-05",
        "-0.000012, -1.2e-05",
        "5e-324, 5e-324",
        "1.2345e-100, 1.2345e-100",
        "NaN, NaN",
        "Infinity, Infinity",
        "-Infinity, -Infinity",
        "0.10000000149011612, 0.10000000149011612",
        "12345678.9, 12345678.9"
    })
    void writesDoublesAsPythonDoes(double value, String text) {
        assertEquals(text, write(value));
    }

    @Test
    void writtenDoublesParseToTheSameValue() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            assertEquals(value, Double.parseDouble(write(value)));
        }
    }

    @Test
    void escapesNonAsciiCharacters() {
        assertEquals("\"a\\\"\\\\\\n\\t\\u00e9\\ud83d\\ude00\\u007f\"", PythonJson.quote("a\"\\\n\té😀\u007f"));
    }

    private static String write(double value) {
        StringBuilder json = new StringBuilder();
        PythonJson.appendDouble(json, value);
        return json.toString();
    }
}
