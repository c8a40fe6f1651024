package dev.kiroku.bench.load;

import dev.kiroku.bench.http.BenchmarkClient;
import java.io.IOException;

/** A measured operation, which may send several requests. */
public interface BenchmarkOperation {
    /**
     * @param worker the index of the client, from 0
     * @param n the number of operations that this client has done before, over all rounds
     * @throws IOException if the status is not 200, which counts as an error
     */
    void run(BenchmarkClient client, int worker, long n) throws IOException;
}
