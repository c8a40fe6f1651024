package dev.kiroku.serving.deploy;

import dev.kiroku.serving.engine.InProcessEngine;
import dev.kiroku.serving.engine.PredictionMatcher;
import dev.kiroku.serving.input.InputParser;
import dev.kiroku.serving.protocol.ScoringResponse;
import dev.kiroku.serving.worker.WorkerPool;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the predictions of an engine with those of Python. */
final class EngineVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(EngineVerifier.class);
    private static final int ROWS = 200;
    private static final int LOGGED_BYTES = 200;

    private EngineVerifier() {}

    /**
     * Sends an engine's example requests to the engine and to the workers.
     *
     * @return whether all responses are equal within the engine's tolerance
     */
    static boolean verify(InProcessEngine engine, WorkerPool workers) {
        InputParser parser = new InputParser();
        for (String example : engine.createExampleBodies(new Random(20), ROWS)) {
            byte[] body = example.getBytes(StandardCharsets.UTF_8);
            Optional<byte[]> own = parser.parse(body).flatMap(engine::predict);
            if (own.isEmpty()) {
                continue;
            }
            Optional<ScoringResponse> python = workers.predict(ScoringResponse.JSON, body, null);
            if (python.isEmpty()
                    || !python.get().isOk()
                    || !PredictionMatcher.matches(
                            engine.tolerance(), own.get(), python.get().body())) {
                LOG.warn(
                        "the engine '{}' does not predict as Python does and is not used: {} instead of {}",
                        engine.name(),
                        prefix(own.get()),
                        python.map(response -> prefix(response.body())).orElse("no response"));
                return false;
            }
        }
        return true;
    }

    private static String prefix(byte[] text) {
        return new String(text, 0, Math.min(text.length, LOGGED_BYTES), StandardCharsets.UTF_8);
    }
}
