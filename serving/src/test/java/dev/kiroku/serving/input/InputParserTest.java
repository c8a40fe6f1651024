package dev.kiroku.serving.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputParserTest {
    @Test
    void parsesSplitFrameIntoTypedColumns() {
        InputTable.DataFrame frame = (InputTable.DataFrame) parse(
                        "{'dataframe_split': {'data': [[1, 2, 'a', true], [2, 2.5, 'b', false]], 'columns': ['i', 'x', 's', 'b']}}")
                .orElseThrow();
        assertEquals(new InputTable.Layout('f', List.of("i", "x", "s", "b"), "ldsb", List.of()), frame.layout());
        assertEquals(2, frame.rows());
        assertArrayEquals(
                new double[] {2, 2.5}, ((InputColumn.Doubles) frame.columns().get(1)).values());
    }

    @Test
    void parsesRecordsIntoFrame() {
        InputTable table = parse("{'dataframe_records': [{'a': 1, 'b': 2.5}, {'a': 3, 'b': 4}], 'params': null}")
                .orElseThrow();
        assertEquals(new InputTable.Layout('f', List.of("a", "b"), "ld", List.of()), table.layout());
    }

    @Test
    void parsesTensorWithItsShape() {
        InputTable.Tensor tensor = (InputTable.Tensor)
                parse("{'inputs': [[[1, 2], [3, 4.5]], [[5, 6], [7, 8]]]}").orElseThrow();
        assertEquals(new InputTable.Layout('i', null, "d", List.of(2, 2)), tensor.layout());
        assertArrayEquals(new double[] {1, 2, 3, 4.5, 5, 6, 7, 8}, ((InputColumn.Doubles) tensor.values()).values());
        assertEquals('n', parse("{'instances': [[1]]}").orElseThrow().layout().format());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "5",
                "{}",
                "{'inputs': [1, 2]}",
                "{'inputs': [[1, 2], [3]]}",
                "{'inputs': [[1], 2]}",
                "{'inputs': [2, [1]]}",
                "{'inputs': [[]]}",
                "{'inputs': [[null]]}",
                "{'inputs': [['a']]}",
                "{'inputs': [[NaN]]}",
                "{'inputs': [[1e400]]}",
                "{'inputs': [[99999999999999999999]]}",
                "{'inputs': [[9007199254740993, 2.5]]}",
                "{'inputs': [[2.5, 9007199254740993]]}",
                "{'inputs': [[1]], 'inputs': [[1]]}",
                "{'inputs': [[1]], 'params': {}}",
                "{'inputs': [[1]], 'more': 1}",
                "{'inputs': [[1]]} x",
                "{'inputs': [[1]]",
                "{'messages': []}",
                "{'dataframe_split': {'columns': ['a', 'a'], 'data': [[1, 2]]}}",
                "{'dataframe_split': {'columns': ['a'], 'index': [1], 'data': [[1]]}}",
                "{'dataframe_split': {'columns': ['a'], 'data': [[1], ['x']]}}",
                "{'dataframe_split': {'columns': ['a'], 'data': [[1], [true]]}}",
                "{'dataframe_split': {'columns': ['a'], 'data': []}}",
                "{'dataframe_split': {'columns': ['a', 'b'], 'data': [[1]]}}",
                "{'dataframe_split': {'columns': ['a'], 'data': [[{'b': 1}]]}}",
                "{'dataframe_split': {'columns': ['a']}}",
                "{'dataframe_records': [{'a': 1}, {'b': 1}]}",
                "{'dataframe_records': [{'a': 1, 'b': 2}, {'b': 1, 'a': 2}]}",
                "{'dataframe_records': [{}]}",
                "{'dataframe_records': [{'a': 1, 'a': 2}]}",
                "{'dataframe_records': [{'a': '\\ud800'}]}"
            })
    void leavesUnsupportedBodiesToPython(String body) {
        assertTrue(parse(body).isEmpty());
    }

    @Test
    void leavesNamesThatDoNotFitIntoFramesToPython() {
        String name = "あ".repeat(0xffff / 3);
        assertTrue(parse("{'dataframe_split': {'columns': ['" + name + "'], 'data': [[1]]}}")
                .isPresent());
        assertTrue(parse("{'dataframe_split': {'columns': ['" + name + "a'], 'data': [[1]]}}")
                .isEmpty());
        assertTrue(parse("{'dataframe_records': [{'" + "a".repeat(0xffff) + "': 1}]}")
                .isEmpty());
    }

    @Test
    void leavesDeeplyNestedBodiesToPython() {
        for (String key : new String[] {"inputs", "dataframe_records", "dataframe_split", "x"}) {
            assertTrue(parse("{'" + key + "': " + "[".repeat(1_000_000)).isEmpty());
            assertTrue(parse("{'" + key + "': " + "{'a': ".repeat(1_000_000)).isEmpty());
        }
    }

    @Test
    void leavesInvalidUtf8ToPython() {
        byte[] body = "{\"dataframe_records\": [{\"a\": \"x\"}]}".getBytes(StandardCharsets.UTF_8);
        body[body.length - 5] = (byte) 0xff;
        assertTrue(new InputParser().parse(body).isEmpty());
    }

    private static Optional<InputTable> parse(String body) {
        return new InputParser().parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
