package dev.kiroku.serving.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Creates engines from the descriptions that workers export. */
public final class EngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(EngineFactory.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private EngineFactory() {}

    /**
     * Creates the engine for a model. Its predictions have to be compared with Python's before it is used.
     *
     * @param json the description of the model, from {@code kiroku_worker/engines.py}
     * @param folder the directory with the model's files
     * @param maxBatchRows the limit of rows in a merged run; 0 to merge none
     * @return empty when there is no engine for the model
     */
    public static Optional<InProcessEngine> create(String json, Path folder, int maxBatchRows) {
        JsonNode description = JSON.readTree(json);
        try {
            return switch (description.path("engine").asString("")) {
                case "forest" -> Optional.of(new ForestEngine(description));
                case "boosted" -> Optional.of(new BoostedTreesEngine(description));
                // Only this branch loads the class, and with it the native library.
                case "onnx" -> OnnxEngine.create(description, folder, maxBatchRows);
                default -> Optional.empty();
            };
        } catch (RuntimeException e) {
            LOG.warn("an engine for the model cannot be created, Python predicts instead: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
