package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Far more clients than the machine can serve, some with bodies of 30 MB, on a server with the default heap. {@code
 * -Dkiroku.seconds=60} runs longer, {@code -Dkiroku.clients=640} uses more clients.
 */
class OverloadTest {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("kiroku.seconds", 8));
    private static final int CLIENTS = Integer.getInteger("kiroku.clients", 200);
    private static final int HEAVY_CLIENTS = Math.max(4, CLIENTS / 20);
    private static final int HEAVY_BYTES = 30_000_000;

    @TempDir
    private Path folder;

    private final ConcurrentMap<String, LongAdder> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Long> millis = new ConcurrentLinkedQueue<>();
    private final AtomicInteger step = new AtomicInteger();
    private final ConcurrentMap<Integer, Boolean> acknowledged = new ConcurrentHashMap<>();

    @Test
    void overloadIsRejectedWithRetryAfter() throws Exception {
        try (KirokuProcess server = KirokuProcess.start(folder, "sqlite:///kiroku.db");
                var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            ReliabilityClient api = server.api();
            String run = api.createRun();
            byte[] padding = "x".repeat(HEAVY_BYTES).getBytes(StandardCharsets.US_ASCII);
            long until = System.nanoTime() + LENGTH.toNanos();
            List<Future<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS + HEAVY_CLIENTS; i++) {
                boolean heavy = i >= CLIENTS;
                clients.add(pool.submit(() -> {
                    while (System.nanoTime() < until) {
                        log(api, run, heavy, padding);
                    }
                    return null;
                }));
            }
            for (Future<Void> client : clients) {
                client.get();
            }
            assertTrue(server.isAlive() && api.isUp(), server.log());
            assertFalse(server.log().contains("OutOfMemory"), server.log());
            assertEquals(
                    List.of(),
                    server.log()
                            .lines()
                            .filter(line -> line.contains(" ERROR "))
                            .limit(5)
                            .toList());
            List<Long> steps = api.steps(run, "m0");
            assertTrue(
                    steps.containsAll(acknowledged.keySet().stream()
                            .map(Integer::longValue)
                            .toList()),
                    "every acknowledged batch is there");
            assertEquals(steps.size(), steps.stream().distinct().count());
            long peak = peakMebibytes(server.pid());
            List<Long> sorted = millis.stream().sorted().toList();
            System.out.printf(
                    "%d clients with 1000 metrics and %d with 30 MB, %s: %s; acknowledged: p50 %d ms, p99 %d ms; peak memory %d MiB%n",
                    CLIENTS,
                    HEAVY_CLIENTS,
                    LENGTH,
                    answers,
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() * 99 / 100),
                    peak);
            assertTrue(peak < 512, peak + " MiB");
        }
    }

    private void log(ReliabilityClient api, String run, boolean heavy, byte[] padding) throws InterruptedException {
        int number = step.incrementAndGet();
        BodyPublisher body = heavy ? padded(run, number, padding) : BodyPublishers.ofByteArray(batch(run, number));
        long began = System.nanoTime();
        try {
            ReliabilityClient.ApiResponse answer = api.post("runs/log-batch", body);
            count((heavy ? "30 MB: " : "batches: ") + answer.status());
            if (answer.isOk()) {
                acknowledged.put(number, true);
                millis.add((System.nanoTime() - began) / 1_000_000);
            } else {
                assertEquals(429, answer.status(), answer.toString()); // nothing was done
                assertTrue(
                        answer.retryAfter() != null && answer.retryAfter().matches("[1-9]\\d?"),
                        "says when to come back");
                Thread.sleep(1000L * Integer.parseInt(answer.retryAfter()));
            }
        } catch (IOException e) {
            // A server that does not read a body may close the connection; MLflow's client retries that too.
            count((heavy ? "30 MB: " : "batches: ") + "cut off");
        }
    }

    private void count(String what) {
        answers.computeIfAbsent(what, w -> new LongAdder()).increment();
    }

    private static byte[] batch(String run, int number) {
        return IntStream.range(0, 1000)
                .mapToObj(key -> "{\"key\":\"m" + key + "\",\"value\":0.123456789,\"timestamp\":1795000000000,\"step\":"
                        + number + "}")
                .collect(Collectors.joining(",", "{\"run_id\":\"" + run + "\",\"metrics\":[", "]}"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns a body of nearly the largest size with little content. All bodies share the padding to save memory in the client. */
    private static BodyPublisher padded(String run, int number, byte[] padding) {
        String head = "{\"run_id\":\"" + run + "\",\"metrics\":[{\"key\":\"m0\",\"value\":1,\"timestamp\":1,\"step\":"
                + number + "}],\"padding\":\"";
        return BodyPublishers.concat(
                BodyPublishers.ofString(head), BodyPublishers.ofByteArray(padding), BodyPublishers.ofString("\"}"));
    }

    /** Returns the peak resident memory of a process in MiB. */
    private static long peakMebibytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
