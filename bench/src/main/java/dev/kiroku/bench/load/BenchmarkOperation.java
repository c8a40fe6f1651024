package dev.kiroku.bench.load;

import dev.kiroku.bench.http.BenchmarkClient;
import java.io.IOException;

/** What is measured: one operation, which may be several requests. */
public interface BenchmarkOperation {
    /**
     * @param worker which of the concurrent clients this is, from 0
     * @param n how many this worker has done before, over all rounds
     * @throws IOException when the server answers with anything but 200, which counts as an error
     */
    void run(BenchmarkClient client, int worker, long n) throws IOException;
}
