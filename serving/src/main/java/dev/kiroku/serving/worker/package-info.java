/**
 * Python worker processes: starting them, the frames exchanged with them over Unix sockets, and the pool that queues, merges and retries
 * requests. The Python side is the package {@code kiroku_worker}.
 */
@NullMarked
package dev.kiroku.serving.worker;

import org.jspecify.annotations.NullMarked;
