package dev.kiroku.serving.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Settings of the workers of one model.
 *
 * @param python the interpreter
 * @param packageDirectory the directory that contains the package {@code kiroku_worker}
 * @param workers the number of processes
 * @param batching {@code auto}, {@code on} or {@code off}: whether waiting requests may be merged
 * @param maxBatchRows the limit of rows in a merged call; a larger request is sent alone
 * @param maxQueue the number of requests that may wait; further ones are rejected
 * @param requestTimeout the time limit of a request, including the time in the queue
 * @param startTimeout the time limit from the start of a process until it has loaded the model
 * @param memoryLimitBytes the resident set size at which a worker is replaced; 0 for no limit
 * @param environment variables for the workers, in addition to those that they inherit
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
