package dev.kiroku.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Required;
import dev.kiroku.model.tracking.RunStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class WireCodecTest {
    public record SampleItem(String key, Double value) {}

    public record SampleRequest(
            @Required(alias = "run_uuid") String runId,
            Long endTime,
            Double score,
            RunStatus status,
            List<SampleItem> items,
            Boolean flag) {}

    private final WireReader reader = new WireReader();
    private final WireWriter writer = new WireWriter();

    private SampleRequest read(String body) {
        return reader.fromJson(body.getBytes(UTF_8), Map.of(), SampleRequest.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'run_id':'r','end_time':7}",
                "{'runId':'r','endTime':'7'}",
                "{'run_uuid':'r','end_time':7.0}",
                "{'run_id':'r','end_time':7,'unknown':{'a':[1]},'score':null}"
            })
    void acceptsAlternateSpellings(String body) {
        assertEquals(new SampleRequest("r", 7L, null, null, List.of(), null), read(body.replace('\'', '"')));
    }

    /** The quick way of reading requests is either the same as the thorough one, or leaves them to it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'run_id':'r'}",
                "{ 'run_id' : 'r', 'end_time' : -9223372036854775808, 'score':-1.5e-300, 'status':'FAILED', 'flag':false, 'items':[] }",
                "{'run_id':'r','run_uuid':5,'unknown':{'a':[1,{'b':null}]},'score':7,'items':[{'key':'ключ','value':0.1},{'value':null},{}]}",
                "{'run_id':'r','score':NaN,'items':[{'key':'a\\u00e9\\n','value':-Infinity},{'key':'\\ud83d\\ude00','value':-0}]}",
                "{'run_id':'r','score':9007199254740993,'items':[{'value':-0.0},{'value':4.9e-324},{'value':1e999},{'value':1.7976931348623157e308}]}",
                "{'run_id':'r','score':null,'score':2,'end_time':null}"
            })
    void fastPathAgreesWithLenientReader(String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(UTF_8);
        SampleRequest plainly = reader.readFastPath(bytes, SampleRequest.class);
        assertNotNull(plainly);
        assertEquals(reader.readLenient(bytes, Map.of(), SampleRequest.class), plainly);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "\"{}\"",
                "{'run_id':'r'}{}",
                "{'run_id':'r'",
                "{}",
                "{'run_id':''}",
                "{'run_uuid':'r'}",
                "{'runId':'r'}",
                "{'run_id':'r','run_id':'s'}",
                "{'run_id':'r','end_time':'7'}",
                "{'run_id':'r','end_time':7.0}",
                "{'run_id':'r','end_time':9223372036854775808}",
                "{'run_id':'r','score':'NaN'}",
                "{'run_id':'r','status':2}",
                "{'run_id':'r','status':'finished'}",
                "{'run_id':'r','flag':'true'}",
                "{'run_id':'r','items':{}}",
                "{'run_id':'r','items':[null]}",
                "{'run_id':'r','items':[[]]}",
                "{'run_id':'r','unknown':[1,]}",
                "{'run_id':'a\\u0000b'}",
                "{'run_id':'\\ud800'}",
                "{'run_id':'r','score':1e}",
                "{'run_id':['r']}"
            })
    void fastPathDeclinesOtherForms(String body) {
        assertNull(reader.readFastPath(body.replace('\'', '"').getBytes(UTF_8), SampleRequest.class));
    }

    @Test
    void acceptsDoubleEncodedBody() {
        assertEquals("r", read("\"{\\\"run_id\\\":\\\"r\\\"}\"").runId());
    }

    @Test
    void acceptsNonFiniteNumbersBareAndQuoted() {
        for (String form : List.of("%s", "\"%s\"")) {
            assertEquals(
                    Double.NaN,
                    read("{\"run_id\":\"r\",\"score\":" + form.formatted("NaN") + "}")
                            .score());
            assertEquals(
                    Double.NEGATIVE_INFINITY,
                    read("{\"run_id\":\"r\",\"score\":" + form.formatted("-Infinity") + "}")
                            .score());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1e+05,100000",
        "1.7E12,1700000000000",
        "-5.0,-5",
        "10e-1,1",
        "' +7',7",
        "9223372036854775807,9223372036854775807"
    })
    void acceptsQuotedWholeNumbersInAnyNotation(String text, long number) {
        assertEquals(
                number, read("{\"run_id\":\"r\",\"end_time\":\"" + text + "\"}").endTime());
    }

    @Test
    void acceptsByteOrderMark() {
        assertEquals("r", read("\ufeff{\"run_id\":\"r\"}").runId());
    }

    @Test
    void acceptsEnumsByNameAndNumber() {
        assertEquals(
                RunStatus.values()[0], read("{\"run_id\":\"r\",\"status\":1}").status());
        assertEquals(
                RunStatus.FINISHED,
                read("{\"run_id\":\"r\",\"status\":\"FINISHED\"}").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "null",
                "[]",
                "7",
                "{",
                "{'run_id':'r'} x",
                "{'run_id':7}",
                "{'run_id':''}",
                "{'run_id':'r','runId':'r'}",
                "{'run_id':'r','end_time':7.5}",
                "{'run_id':'r','end_time':9223372036854775808}",
                "{'run_id':'r','end_time':1e999999999}",
                "{'run_id':'r','end_time':'1e999999999'}",
                "{'run_id':'r','end_time':'1e-1'}",
                "{'run_id':'r','end_time':'1.5'}",
                "{'run_id':'r','end_time':'0x10'}",
                "{'run_id':'r','end_time':''}",
                "{'run_id':'r','end_time':true}",
                "{'run_id':'r','end_time':NaN}",
                "{'run_id':'r','score':'x'}",
                "{'run_id':'r','items':{}}",
                "{'run_id':'r','items':[null]}",
                "{'run_id':'r','status':'NO'}",
                "{'run_id':'r','status':99}",
                "{'run_id':'r','flag':'true'}",
                "{'run_id':'a\\u0000b'}",
                "{'run_id':'\\ud800'}",
                "{'run_id':'\\udc00\\ud800'}"
            })
    void rejectsInvalidInputAsClientError(String body) {
        assertEquals(
                400,
                assertThrows(KirokuException.class, () -> read(body.replace('\'', '"')))
                        .code()
                        .httpStatus());
    }

    @Test
    void rejectsExcessiveDepthLongNumbersAndInvalidUtf8() {
        for (String body :
                List.of("[".repeat(100_000), "{\"run_id\":\"r\",\"end_time\":\"" + "9".repeat(5_000_000) + "\"}")) {
            KirokuException e = assertThrows(KirokuException.class, () -> read(body));
            assertEquals(400, e.code().httpStatus());
            assertTrue(e.getMessage().length() < 1000, "the value is shortened");
        }
        byte[] notUtf8 = {'"', (byte) 0xff, '"'};
        assertThrows(KirokuException.class, () -> reader.fromJson(notUtf8, Map.of(), SampleRequest.class));
    }

    /** As long as numbers may be, and longer than doubles and longs are: infinite in a double, refused elsewhere. */
    @ParameterizedTest
    @ValueSource(ints = {310, 399, 400})
    void longNumbersAreReadOrRefused(int digits) {
        String number = "9".repeat(digits);
        for (String form : List.of(number, "9.0e" + digits, '"' + number.substring(1) + '"')) {
            assertEquals(
                    Double.POSITIVE_INFINITY,
                    read("{\"run_id\":\"r\",\"score\":" + form + "}").score());
            String negative = form.startsWith("\"") ? "\"-" + form.substring(1) : "-" + form;
            assertEquals(
                    Double.NEGATIVE_INFINITY,
                    read("{\"run_id\":\"r\",\"score\":" + negative + "}").score());
            for (String field : List.of("end_time", "status", "flag", "items")) {
                assertThrows(
                        KirokuException.class,
                        () -> read("{\"run_id\":\"r\",\"" + field + "\":" + form + "}"),
                        () -> field + " " + form);
            }
        }
        for (String field : List.of("end_time", "status", "flag", "items")) {
            Map<String, List<String>> query = Map.of("run_id", List.of("r"), field, List.of(number));
            assertThrows(KirokuException.class, () -> reader.fromQuery(query, Map.of(), SampleRequest.class));
        }
    }

    @Test
    void errorMessageNamesField() {
        String missing = assertThrows(KirokuException.class, () -> read("{}")).getMessage();
        assertTrue(missing.startsWith("Missing value for required parameter 'run_id'."), missing);
        String wrong = assertThrows(KirokuException.class, () -> read("{\"run_id\":\"r\",\"items\":[{\"key\":5}]}"))
                .getMessage();
        assertTrue(wrong.contains("'items[0].key'") && wrong.contains("5"), wrong);
    }

    @Test
    void readsQueryString() {
        Map<String, List<String>> query =
                Map.of("run_uuid", List.of("r"), "end_time", List.of("7"), "flag", List.of("True"));
        assertEquals(
                new SampleRequest("r", 7L, null, null, List.of(), true),
                reader.fromQuery(query, Map.of(), SampleRequest.class));
    }

    @Test
    void omitsAbsentValues() {
        SampleRequest sample = new SampleRequest("r", Long.MAX_VALUE, Double.NaN, RunStatus.FINISHED, List.of(), false);
        assertEquals(
                "{\"run_id\":\"r\",\"end_time\":9223372036854775807,\"score\":\"NaN\",\"status\":\"FINISHED\",\"flag\":false}",
                new String(writer.toJson(sample), UTF_8));
    }
}
