package dev.kiroku.serving.worker;

/** Receives events of workers, for metrics. Implementations are thread-safe. */
public interface WorkerObserver {
    /** Ignores all events. */
    WorkerObserver NONE = new WorkerObserver() {
        @Override
        public void onBatch(int requests, int rows, double seconds) {}

        @Override
        public void onRestart() {}
    };

    /**
     * Called after a call of predict.
     *
     * @param requests the number of requests that shared the call
     * @param rows the number of their rows together
     * @param seconds the duration of predict
     */
    void onBatch(int requests, int rows, double seconds);

    /** Called when a worker has ended and is about to be replaced. */
    void onRestart();
}
