package dev.kiroku.serving.deploy;

import dev.kiroku.serving.engine.NativeEngine;
import dev.kiroku.serving.engine.TreeEngine;
import dev.kiroku.serving.input.BodyReader;
import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.protocol.Answer;
import dev.kiroku.serving.worker.WorkerPool;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine is used only after it has given, for this model, the very answers that Python gives. */
final class EngineChoice {
    private static final Logger LOG = LoggerFactory.getLogger(EngineChoice.class);
    private static final int ROWS = 200;

    private EngineChoice() {}

    static Optional<NativeEngine> proven(Optional<TreeEngine> engine, WorkerPool workers) {
        if (engine.isEmpty()) {
            return Optional.empty();
        }
        for (String body : engine.get().examples(new Random(20), ROWS)) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            Optional<Table> table = new BodyReader().read(bytes);
            Optional<byte[]> own = table.flatMap(engine.get()::predict);
            Answer python = workers.answer("application/json", bytes, null);
            if (own.isPresent() && (!python.isOk() || !Arrays.equals(own.get(), python.body()))) {
                LOG.warn("the engine '{}' does not answer as Python does and is not used: {} instead of {}", engine.get().name(),
                        start(own.get()), start(python.body()));
                return Optional.empty();
            }
        }
        return Optional.of(engine.get());
    }

    private static String start(byte[] text) {
        return new String(text, 0, Math.min(text.length, 200), StandardCharsets.UTF_8);
    }
}
