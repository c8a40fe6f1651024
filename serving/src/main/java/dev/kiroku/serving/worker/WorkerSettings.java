package dev.kiroku.serving.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How workers are run.
 *
 * @param python the interpreter
 * @param code the folder with the package {@code kiroku_worker}
 * @param batching auto, on or off
 * @param maxBatchRows merged requests have no more rows together; a larger request goes alone
 * @param maxQueue requests that may wait; one more is refused
 * @param timeout for one request, waiting included
 * @param startTimeout from the process's start until its model is loaded
 * @param memoryLimit bytes that a worker may hold before it is replaced; 0 for no limit
 * @param environment set for workers beside what this process has
 */
public record WorkerSettings(
        Path python,
        Path packageDirectory,
        int workers,
        String batching,
        int maxBatchRows,
        int maxQueue,
        Duration requestTimeout,
        Duration startTimeout,
        long memoryLimitBytes,
        Map<String, String> environment) {}
