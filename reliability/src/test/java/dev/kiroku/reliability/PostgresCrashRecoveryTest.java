package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills PostgreSQL with SIGKILL under a running server. {@code -Dkiroku.rounds=50} runs more rounds. */
class PostgresCrashRecoveryTest {
    private static final int ROUNDS = Integer.getInteger("kiroku.rounds", 3);
    private static final long RECOVERY_LIMIT_SECONDS = 60;

    @TempDir
    private Path folder;

    @Test
    void recoversAndKeepsAcknowledgedWrites() throws Exception {
        int port = freePort();
        EmbeddedPostgres postgres = start(port);
        Random random = new Random();
        BatchWorkload load = new BatchWorkload();
        int batches = 0;
        long slowest = 0;
        try (KirokuProcess server = KirokuProcess.start(
                folder.resolve("server"), "postgresql://postgres:postgres@127.0.0.1:" + port + "/postgres")) {
            for (int round = 0; round < ROUNDS; round++) {
                load.start(server.api());
                Thread.sleep(200 + random.nextInt(800));
                kill();
                postgres.close();
                postgres = start(port);
                slowest = Math.max(slowest, awaitWrites(server.api()));
                load.stop();
                assertTrue(server.isAlive(), server.log());
                batches = load.verify(server.api());
            }
        } finally {
            postgres.close();
        }
        System.out.printf(
                "%d kills of PostgreSQL: %d batches acknowledged, %d there, none lost, none half; slowest recovery %d ms after it was back%n",
                ROUNDS, load.acknowledgedBatches(), batches, slowest);
    }

    private static long awaitWrites(ReliabilityClient api) throws Exception {
        long began = System.nanoTime();
        while (true) {
            try {
                api.createRun();
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            } catch (IOException e) {
                assertTrue(
                        System.nanoTime() - began < TimeUnit.SECONDS.toNanos(RECOVERY_LIMIT_SECONDS),
                        "the server has not recovered: " + e);
                Thread.sleep(50);
            }
        }
    }

    private EmbeddedPostgres start(int port) throws IOException {
        // PostgreSQL's default; the embedded one turns it off, which loses acknowledged writes.
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    /** Kills the postmaster and all its child processes. */
    private void kill() throws Exception {
        long pid = Long.parseLong(
                Files.readAllLines(folder.resolve("postgres/postmaster.pid")).getFirst());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> family =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        family.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : family) {
            each.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
