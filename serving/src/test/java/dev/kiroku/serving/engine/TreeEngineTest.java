package dev.kiroku.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.serving.input.BodyReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeEngineTest {
    /** x0 <= 0.1 ? (0.9, 0.1) : x1 <= 2 ? (0.4, 0.6) : (0.2, 0.8), and a stump that says (0.5, 0.5). */
    private static final String FOREST = """
            {"engine": "forest", "single": false, "input": {"shape": [2], "names": null, "matrix": true, "frames": true, "whole": true, "narrow": true}, "labels": ["\\"no\\"", "\\"yes\\""], "trees": [
              {"left": [1, -1, 3, -1, -1], "right": [2, -1, 4, -1, -1], "feature": [0, -2, 1, -2, -2], "threshold": [0.1, -2, 2, -2, -2],
               "value": [[0.5, 0.5], [0.9, 0.1], [0.3, 0.7], [0.4, 0.6], [0.2, 0.8]]},
              {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.5, 0.5]]}]}""";

    @Test
    void leavesAreFoundAndVotesAddedUp() {
        assertEquals(
                "{\"predictions\": [\"no\", \"yes\", \"yes\"]}",
                predicted(FOREST, "{\"inputs\": [[0, 5], [1, 1], [1, 3]]}").orElseThrow());
    }

    @Test
    void featuresAreComparedAsFloats() {
        // As a 32-bit float 0.1 is above the threshold, which is the double 0.1.
        assertEquals(
                "{\"predictions\": [\"yes\"]}",
                predicted(FOREST, "{\"inputs\": [[0.1, 5]]}").orElseThrow());
    }

    @Test
    void meansAreWrittenAsPythonWritesThem() {
        String regressor = """
                {"engine": "forest", "single": false, "input": {"shape": [1], "names": ["x"], "matrix": false, "frames": true, "whole": true, "narrow": true}, "labels": null, "trees": [
                  {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.1]]},
                  {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.2]]},
                  {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.3]]}]}""";
        String frame = "{\"dataframe_split\": {\"columns\": [\"x\"], \"data\": [[1]]}}";
        assertEquals(
                "{\"predictions\": [0.20000000000000004]}",
                predicted(regressor, frame).orElseThrow());
        assertTrue(predicted(regressor, frame.replace("\"x\"", "\"y\"")).isEmpty(), "another column");
        assertTrue(
                predicted(regressor, "{\"inputs\": [[1]]}").isEmpty(),
                "MLflow refuses a bare matrix where columns are named");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"inputs\": [[1, 2, 3]]}",
                "{\"inputs\": [[1, 1e39]]}",
                "{\"inputs\": [[1, 9007199254740993]]}",
                "{\"inputs\": [[[1, 2]]]}",
                "{\"dataframe_split\": {\"columns\": [\"a\", \"b\"], \"data\": [[1, \"x\"]]}}"
            })
    void whatScikitLearnHasToJudgeIsForPython(String body) {
        assertTrue(predicted(FOREST, body).isEmpty());
    }

    @Test
    void itsExamplesAreAnsweredByItself() {
        NativeEngine engine = engine(FOREST).orElseThrow();
        var examples = engine.examples(new Random(1), 50);
        assertEquals(3, examples.size());
        examples.forEach(body -> assertTrue(predicted(FOREST, body).isPresent(), body));
    }

    @Test
    void aModelWithoutTreesHasNoEngine() {
        assertTrue(engine("null").isEmpty());
    }

    private static Optional<String> predicted(String model, String body) {
        return new BodyReader()
                .read(body.getBytes(StandardCharsets.UTF_8))
                .flatMap(engine(model).orElseThrow()::predict)
                .map(json -> new String(json, StandardCharsets.UTF_8));
    }

    private static Optional<NativeEngine> engine(String model) {
        return Engines.of(model, Path.of(""), 0);
    }
}
