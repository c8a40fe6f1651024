package dev.kiroku.serving.worker;

/** Is told what workers do, to be counted. */
public interface WorkerObserver {
    /** @param seconds what predict took */
    void batch(int requests, int rows, double seconds);

    void restart();
}
