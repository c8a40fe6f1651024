package dev.kiroku.serving.deploy;

import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Runs a task for several items in parallel. */
final class ParallelTasks {
    private ParallelTasks() {}

    /** Runs a task for each item, each on its own virtual thread, and waits for all. */
    static <T> void forEach(Collection<T> items, Consumer<? super T> task) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            items.forEach(item -> threads.execute(() -> task.accept(item)));
        }
    }
}
