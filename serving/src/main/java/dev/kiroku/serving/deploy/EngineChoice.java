package dev.kiroku.serving.deploy;

import dev.kiroku.serving.engine.Agreement;
import dev.kiroku.serving.engine.NativeEngine;
import dev.kiroku.serving.input.BodyReader;
import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.protocol.Answer;
import dev.kiroku.serving.worker.WorkerPool;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine is used only after it has given, for this model, the answers that Python gives. */
final class EngineChoice {
    private static final Logger LOG = LoggerFactory.getLogger(EngineChoice.class);
    private static final int ROWS = 200;

    private EngineChoice() {}

    static Optional<NativeEngine> proven(Optional<NativeEngine> candidate, WorkerPool workers) {
        if (candidate.isEmpty()) {
            return Optional.empty();
        }
        NativeEngine engine = candidate.get();
        for (String body : engine.examples(new Random(20), ROWS)) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            Optional<Table> table = new BodyReader().read(bytes);
            Optional<byte[]> own = table.flatMap(engine::predict);
            Answer python = workers.answer("application/json", bytes, null);
            if (own.isPresent()
                    && (!python.isOk() || !Agreement.within(engine.tolerance(), own.get(), python.body()))) {
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
