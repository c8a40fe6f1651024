package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the server with SIGKILL repeatedly, during writes and compaction. {@code
 * -Dkiroku.rounds=100} runs more rounds.
 */
class ServerCrashRecoveryTest {
    private static final int ROUNDS = Integer.getInteger("kiroku.rounds", 3);

    @TempDir
    private Path folder;

    @Test
    void onSqlite() throws Exception {
        Path file = folder.resolve("kiroku.db");
        killRepeatedly("sqlite:////" + file.toString().substring(1), new StoreUri.Sqlite(file));
    }

    @Test
    void onPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            killRepeatedly(
                    "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres",
                    new StoreUri.Postgres(
                            "127.0.0.1", postgres.getPort(), "postgres", "postgres", "postgres", Map.of()));
        }
    }

    private void killRepeatedly(String store, StoreUri uri) throws Exception {
        Random random = new Random();
        BatchWorkload load = new BatchWorkload();
        int interrupted = 0;
        long batches = 0;
        try (KirokuProcess server = KirokuProcess.start(folder.resolve("server"), store)) {
            for (int round = 0; round < ROUNDS; round++) {
                load.start(server.api());
                Thread.sleep(100 + random.nextInt(900));
                server.kill();
                load.stop();
                interrupted += isCompactionUnderWay(uri) ? 1 : 0;
                server.start();
                batches = load.verify(server.api());
            }
        }
        assertTrue(load.acknowledgedBatches() > 0);
        assertNoDuplicateRows(uri, batches);
        System.out.printf(
                "%d kills on %s, %d of them with compaction under way: %d batches acknowledged, %d there, none lost, none half%n",
                ROUNDS, uri.getClass().getSimpleName(), interrupted, load.acknowledgedBatches(), batches);
    }

    /** Returns whether the killed server held the lease and left unfinished runs. */
    private static boolean isCompactionUnderWay(StoreUri uri) {
        try (Stores stores = Stores.open(uri, id -> "", 1)) {
            return count(stores, "select count(*) from leases") > 0
                    && count(stores, "select count(*) from fresh_runs") > 0;
        }
    }

    /** Counts the stored points themselves, because reads remove duplicates. */
    private static void assertNoDuplicateRows(StoreUri uri, long batches) {
        try (Stores stores = Stores.open(uri, id -> "", 1)) {
            assertEquals(
                    batches * BatchWorkload.POINTS_OF_A_BATCH, count(stores, "select sum(points) from metric_blocks"));
        }
    }

    private static long count(Stores stores, String query) {
        return stores.database().read(tx -> tx.queryLong(Sql.of(query)).orElseThrow());
    }
}
