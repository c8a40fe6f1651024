package dev.kiroku.bench.load;

import dev.kiroku.bench.http.BenchmarkClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Closed-loop clients of one server: each sends its next operation when it has the response to the previous one. */
public final class LoadGenerator implements AutoCloseable {
    private final List<BenchmarkClient> clients = new ArrayList<>();
    private final long[] done;

    /** Creates a generator with a number of concurrent clients. */
    public LoadGenerator(int port, int clients) {
        for (int i = 0; i < clients; i++) {
            this.clients.add(new BenchmarkClient(port));
        }
        this.done = new long[clients];
    }

    /** Runs for a time. Each client finishes its last operation, so that there is at least one result even for a slow server. */
    public LoadResult run(BenchmarkOperation work, Duration time) throws InterruptedException {
        int n = clients.size();
        clients.forEach(
                LoadGenerator::reset); // the server may have closed connections that were idle since the last round
        Latencies[] latencies = new Latencies[n];
        String[] failures = new String[n];
        long[] errors = new long[n];
        long begin = System.nanoTime();
        long until = begin + time.toNanos();
        Thread[] threads = new Thread[n];
        for (int i = 0; i < n; i++) {
            int worker = i;
            latencies[i] = new Latencies();
            threads[i] = Thread.ofPlatform().name("client-" + i).start(() -> {
                BenchmarkClient client = clients.get(worker);
                do {
                    long start = System.nanoTime();
                    try {
                        work.run(client, worker, done[worker]++);
                        latencies[worker].add(System.nanoTime() - start);
                    } catch (IOException | RuntimeException e) {
                        errors[worker]++;
                        failures[worker] = failures[worker] == null ? e.toString() : failures[worker];
                        reset(client);
                    }
                } while (System.nanoTime() < until);
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long[] all = Latencies.sorted(latencies);
        return new LoadResult(
                all.length / seconds,
                at(all, 0.50),
                at(all, 0.99),
                all.length,
                Arrays.stream(errors).sum(),
                Arrays.stream(failures).filter(f -> f != null).findFirst().orElse(null));
    }

    private static void reset(BenchmarkClient client) {
        try {
            client.close();
        } catch (IOException e) {
            // the connection is not used again
        }
    }

    private static double at(long[] sorted, double quantile) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] / 1e6;
    }

    private static final class Latencies {
        private long[] nanos = new long[1024];
        private int count;

        void add(long latency) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = latency;
        }

        static long[] sorted(Latencies... all) {
            long[] merged = Arrays.stream(all)
                    .flatMapToLong(l -> Arrays.stream(l.nanos, 0, l.count))
                    .toArray();
            Arrays.sort(merged);
            return merged;
        }
    }

    @Override
    public void close() throws IOException {
        for (BenchmarkClient client : clients) {
            client.close();
        }
    }
}
