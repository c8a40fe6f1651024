package dev.kiroku.serving.worker;

/** Is told what workers do, to be counted. */
public interface WorkerObserver {
    /** Counts nothing. */
    WorkerObserver NONE = new WorkerObserver() {
        @Override
        public void onBatch(int requests, int rows, double seconds) {}

        @Override
        public void onRestart() {}
    };

    /** @param seconds what predict took */
    void onBatch(int requests, int rows, double seconds);

    void onRestart();
}
