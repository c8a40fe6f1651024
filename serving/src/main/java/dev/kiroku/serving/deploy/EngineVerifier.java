package dev.kiroku.serving.deploy;

import dev.kiroku.serving.engine.InProcessEngine;
import dev.kiroku.serving.engine.PredictionMatcher;
import dev.kiroku.serving.input.InputParser;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.ScoringResponse;
import dev.kiroku.serving.worker.WorkerPool;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine is used only after it has given, for this model, the answers that Python gives. */
final class EngineVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(EngineVerifier.class);
    private static final int ROWS = 200;

    private EngineVerifier() {}

    static Optional<InProcessEngine> verify(Optional<InProcessEngine> candidate, WorkerPool workers) {
        if (candidate.isEmpty()) {
            return Optional.empty();
        }
        InProcessEngine engine = candidate.get();
        for (String body : engine.createExampleBodies(new Random(20), ROWS)) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            Optional<InputTable> table = new InputParser().parse(bytes);
            Optional<byte[]> own = table.flatMap(engine::predict);
            ScoringResponse python = workers.predict("application/json", bytes, null);
            if (own.isPresent()
                    && (!python.isOk() || !PredictionMatcher.matches(engine.tolerance(), own.get(), python.body()))) {
                LOG.warn(
                        "the engine '{}' does not answer as Python does and is not used: {} instead of {}",
                        engine.name(),
                        start(own.get()),
                        start(python.body()));
                engine.close();
                return Optional.empty();
            }
        }
        return candidate;
    }

    private static String start(byte[] text) {
        return new String(text, 0, Math.min(text.length, 200), StandardCharsets.UTF_8);
    }
}
