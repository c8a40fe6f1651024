package dev.kiroku.serving.worker;

import java.time.Duration;
import java.util.List;

/** A thread that ends workers whose call exceeds its time limit, or that exceed the memory limit. Their slots replace them. */
final class WorkerMonitor implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final WorkerSettings settings;
    private final List<WorkerSlot> slots;
    private final Thread thread;

    WorkerMonitor(WorkerSettings settings, List<WorkerSlot> slots) {
        this.settings = settings;
        this.slots = slots;
        this.thread = Thread.ofPlatform().daemon().name("worker-monitor").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                long now = System.nanoTime();
                slots.forEach(slot -> check(slot.worker(), now));
            }
        } catch (InterruptedException e) {
            // The pool is closed.
        }
    }

    private void check(WorkerProcess worker, long now) {
        if (worker.isOverdue(now)) {
            worker.kill("predict took longer than the limit of "
                    + settings.requestTimeout().toSeconds() + " s");
        } else if (settings.memoryLimitBytes() > 0 && worker.residentBytes() > settings.memoryLimitBytes()) {
            worker.kill("it held more memory than the limit of " + (settings.memoryLimitBytes() >> 20) + " MiB");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
