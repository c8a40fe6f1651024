package dev.kiroku.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.serving.input.InputParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForestEngineTest {
    /** x0 <= 0.1 ? (0.9, 0.1) : x1 <= 2 ? (0.4, 0.6) : (0.2, 0.8), and a tree of one leaf (0.5, 0.5). */
    private static final String FOREST = """
            {"engine": "forest", "single_tree": false, "features": {"shape": [2], "column_names": null, "accepts_tensors": true, "accepts_frames": true, "accepts_integers": true, "float32": true}, "labels": ["\\"no\\"", "\\"yes\\""], "trees": [
              {"left": [1, -1, 3, -1, -1], "right": [2, -1, 4, -1, -1], "feature": [0, -2, 1, -2, -2], "threshold": [0.1, -2, 2, -2, -2],
               "value": [[0.5, 0.5], [0.9, 0.1], [0.3, 0.7], [0.4, 0.6], [0.2, 0.8]]},
              {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.5, 0.5]]}]}""";

    @Test
    void sumsTheVotesOfAllTrees() {
        assertEquals(
                "{\"predictions\": [\"no\", \"yes\", \"yes\"]}",
                predict(FOREST, "{\"inputs\": [[0, 5], [1, 1], [1, 3]]}").orElseThrow());
    }

    @Test
    void comparesFeaturesAs32BitFloats() {
        // As a 32-bit float 0.1 is above the threshold, which is the double 0.1.
        assertEquals(
                "{\"predictions\": [\"yes\"]}",
                predict(FOREST, "{\"inputs\": [[0.1, 5]]}").orElseThrow());
    }

    @Test
    void writesMeansAsPythonDoes() {
        String regressor = """
                {"engine": "forest", "single_tree": false, "features": {"shape": [1], "column_names": ["x"], "accepts_tensors": false, "accepts_frames": true, "accepts_integers": true, "float32": true}, "labels": null, "trees": [
                  {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.1]]},
                  {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.2]]},
                  {"left": [-1], "right": [-1], "feature": [-2], "threshold": [-2], "value": [[0.3]]}]}""";
        String frame = "{\"dataframe_split\": {\"columns\": [\"x\"], \"data\": [[1]]}}";
        assertEquals(
                "{\"predictions\": [0.20000000000000004]}",
                predict(regressor, frame).orElseThrow());
        assertTrue(predict(regressor, frame.replace("\"x\"", "\"y\"")).isEmpty(), "another column");
        assertTrue(
                predict(regressor, "{\"inputs\": [[1]]}").isEmpty(),
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
    void leavesUnsupportedInputToPython(String body) {
        assertTrue(predict(FOREST, body).isEmpty());
    }

    @Test
    void predictsItsOwnExamples() {
        InProcessEngine engine = createEngine(FOREST).orElseThrow();
        var examples = engine.createExampleBodies(new Random(1), 50);
        assertEquals(3, examples.size());
        examples.forEach(body -> assertTrue(predict(FOREST, body).isPresent(), body));
    }

    @Test
    void createsNoEngineForNullModel() {
        assertTrue(createEngine("null").isEmpty());
    }

    private static Optional<String> predict(String model, String body) {
        return new InputParser()
                .parse(body.getBytes(StandardCharsets.UTF_8))
                .flatMap(createEngine(model).orElseThrow()::predict)
                .map(json -> new String(json, StandardCharsets.UTF_8));
    }

    private static Optional<InProcessEngine> createEngine(String model) {
        return EngineFactory.create(model, Path.of(""), 0);
    }
}
