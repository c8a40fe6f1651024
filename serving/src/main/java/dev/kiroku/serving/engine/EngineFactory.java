package dev.kiroku.serving.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine for a model, if there is one. */
public final class EngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(EngineFactory.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private EngineFactory() {}

    /**
     * An engine is not to be trusted before it has been compared with Python.
     *
     * @param json what {@code kiroku_worker/engines.py} says of the model
     * @param folder with the model's files
     * @param maxBatchRows that requests may have together when they are merged
     * @return empty when it says {@code null}, or something of which no engine can be made
     */
    public static Optional<InProcessEngine> create(String json, Path folder, int maxBatchRows) {
        JsonNode model = JSON.readTree(json);
        try {
            return switch (model.path("engine").asString("")) {
                case "forest" -> Optional.of(new ForestEngine(model));
                case "boosted" -> Optional.of(new BoostedTreesEngine(model));
                // Only here is the class with the native library's names touched: servers of other models never load
                // it.
                case "onnx" -> OnnxEngine.create(model, folder, maxBatchRows);
                default -> Optional.empty();
            };
        } catch (RuntimeException e) {
            LOG.warn("the model is answered by Python, for its engine cannot be made: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
