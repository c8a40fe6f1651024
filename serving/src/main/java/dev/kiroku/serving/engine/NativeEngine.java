package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.Table;
import java.util.Optional;

/** Predicts inside the server. It answers only what it can answer exactly as Python does, and leaves all else to Python. */
public interface NativeEngine extends AutoCloseable {
    String name();

    /** The protocol's answer as JSON; empty when the request is one for Python. May be called by many threads at once. */
    Optional<byte[]> predict(Table table);

    @Override
    default void close() {}
}
