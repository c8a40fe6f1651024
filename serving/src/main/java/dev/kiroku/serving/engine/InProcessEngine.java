package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.InputTable;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Predicts inside the server process, for requests that it can answer as Python does. Thread-safe. */
public interface InProcessEngine extends AutoCloseable {
    /** Returns the name of the engine or of the library whose models it runs, for the log. */
    String name();

    /**
     * Predicts.
     *
     * @return the body of the response, or empty when Python has to answer this request
     */
    Optional<byte[]> predict(InputTable table);

    /**
     * Creates request bodies in every form that this engine answers, for a comparison with Python.
     *
     * @param rows the number of rows in each
     */
    List<String> createExampleBodies(Random random, int rows);

    /** Returns the largest relative difference of a number to Python's; 0 when responses are equal byte for byte. */
    double tolerance();

    /** Makes {@link #predict} return empty from now on, and releases the resources when the current predictions have ended. */
    @Override
    default void close() {}
}
