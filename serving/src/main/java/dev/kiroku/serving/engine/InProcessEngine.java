package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.InputTable;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Predicts inside the server. It answers only what it can answer as Python does, and leaves all else to Python. */
public interface InProcessEngine extends AutoCloseable {
    String name();

    /** The protocol's answer as JSON; empty when the request is one for Python. May be called by many threads at once. */
    Optional<byte[]> predict(InputTable table);

    /** Bodies in every form that this engine answers, to compare it with Python. */
    List<String> createExampleBodies(Random random, int rows);

    /** By how much, relative to its size, a number may differ from Python's; 0 when answers are equal to the last bit. */
    double tolerance();

    /** Waits for the predictions under way; later ones are left to Python. */
    @Override
    default void close() {}
}
