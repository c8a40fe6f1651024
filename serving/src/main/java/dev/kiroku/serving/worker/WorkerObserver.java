package dev.kiroku.serving.worker;

/** Is told what workers do, to be counted. */
public interface WorkerObserver {
    /** Counts nothing. */
    WorkerObserver NONE = new WorkerObserver() {
        @Override
        public void batch(int requests, int rows, double seconds) {}

        @Override
        public void restart() {}
    };

    /** @param seconds what predict took */
    void batch(int requests, int rows, double seconds);

    void restart();
}
