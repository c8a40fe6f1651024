package dev.kiroku.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.serving.engine.EngineFactory;
import dev.kiroku.serving.engine.InProcessEngine;
import dev.kiroku.serving.engine.PredictionMatcher;
import dev.kiroku.serving.input.InputParser;
import dev.kiroku.serving.worker.WorkerPackage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Random models of XGBoost, LightGBM, scikit-learn and ONNX, with rows on and beside thresholds, huge, tiny, missing and infinite values: an
 * engine predicts what MLflow's scoring server predicts in Python, or leaves the request to Python.
 */
class ServingEnginesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void enginesPredictAsPythonOrNotAtAll(@TempDir Path folder) throws Exception {
        PythonFixture python = PythonFixture.withEngineLibraries(folder);
        long seed = Long.getLong("kiroku.seed", new Random().nextInt(1 << 30));
        Path code = WorkerPackage.extract();
        try {
            python.runScript("serving/engines.py", folder.toString(), Long.toString(seed), code.toString());
        } finally {
            WorkerPackage.delete(code);
        }
        TreeMap<String, Integer> answered = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("models.jsonl"))) {
            JsonNode model = JSON.readTree(line);
            Optional<InProcessEngine> engine = EngineFactory.create(
                    model.path("engine").toString(),
                    Path.of(model.path("folder").asString()),
                    256);
            if (engine.isEmpty()) {
                continue;
            }
            for (JsonNode sent : model.path("cases")) {
                byte[] body = sent.path(0).asString().getBytes(StandardCharsets.UTF_8);
                Optional<byte[]> own = new InputParser().parse(body).flatMap(engine.get()::predict);
                if (own.isEmpty()) {
                    continue;
                }
                answered.merge(engine.get().name(), 1, Integer::sum);
                byte[] expected = sent.path(2).asString().getBytes(StandardCharsets.UTF_8);
                if (sent.path(1).asInt() != 200
                        || !PredictionMatcher.matches(engine.get().tolerance(), own.get(), expected)) {
                    wrong.add(model.path("name").asString() + "\n  asked " + prefix(body) + "\n  own "
                            + prefix(own.get()) + "\n  Python " + prefix(expected));
                }
            }
            engine.get().close();
        }
        assertTrue(wrong.isEmpty(), "-Dkiroku.seed=" + seed + "\n" + String.join("\n", wrong));
        for (String name : List.of("xgboost", "lightgbm", "onnx")) {
            assertTrue(answered.getOrDefault(name, 0) >= 8, "requests that engines answered: " + answered);
        }
    }

    private static String prefix(byte[] text) {
        return new String(text, 0, Math.min(300, text.length), StandardCharsets.UTF_8);
    }
}
