package dev.kiroku.stores.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.TestDatabases;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** 64 clients on two servers over one PostgreSQL. */
class ConcurrentRegistryWritesTest {
    private static final int CLIENTS = 64;
    private static final int MOVES_EACH = 12;
    private static final int VERSIONS = 5;

    /** A request of a client and its result; times by one clock. */
    private record Attempt(String actor, long begin, long end, Long expected, long wanted, boolean moved, long seen) {}

    @Test
    void concurrentWritesLoseNoUpdateAndRepeatNoNumber() throws Exception {
        try (EmbeddedPostgres postgres = TestDatabases.startPostgres()) {
            StoreUri uri = TestDatabases.create(postgres);
            try (Stores one = TestDatabases.open(uri);
                    Stores two = TestDatabases.open(uri)) {
                List<RegistryStore> servers = List.of(one.registry(), two.registry());
                new RegistryWriter(servers.getFirst()).create("m", null, List.of(), by("setup"));
                verifyDenseNumbers(servers);
                verifyAliasHistory(servers, one);
            }
        }
    }

    private static ChangeContext by(String name) {
        return new ChangeContext(new Caller(name, "r"), 1);
    }

    private static void verifyDenseNumbers(List<RegistryStore> servers) throws Exception {
        List<Long> numbers = all(client -> () -> IntStream.range(0, 3)
                        .mapToObj(i -> Long.parseLong(new RegistryWriter(servers.get((client + i) % 2))
                                .createVersion(
                                        new NewVersion("m", "s", "s", null, null, null, List.of(), null),
                                        by("c" + client))
                                .version()))
                        .toList())
                .stream()
                .flatMap(List::stream)
                .sorted()
                .toList();
        assertEquals(LongStream.rangeClosed(1, CLIENTS * 3).boxed().toList(), numbers);
    }

    /**
     * Each client reads the alias and assigns it to another version, if it still points at the version that was read.
     * The history is linearizable if the assignments have an order in which each starts from the result of the one
     * before, that agrees with the times of requests and responses, and that explains each refusal.
     */
    private static void verifyAliasHistory(List<RegistryStore> servers, Stores stores) throws Exception {
        List<Attempt> history = all(client -> () -> {
                    List<Attempt> events = new ArrayList<>();
                    Random random = new Random(client);
                    for (int i = 0; i < MOVES_EACH; i++) {
                        long present = holder(servers.get(random.nextInt(2)));
                        events.add(attempt(
                                servers.get(random.nextInt(2)),
                                client,
                                present,
                                1 + (present + random.nextInt(VERSIONS - 1)) % VERSIONS));
                    }
                    return events;
                })
                .stream()
                .flatMap(List::stream)
                .toList();

        List<Attempt> moved = history.stream().filter(Attempt::moved).toList();
        List<Attempt> refused = history.stream().filter(event -> !event.moved()).toList();
        assertEquals(CLIENTS * MOVES_EACH, moved.size() + refused.size());
        assertTrue(
                !moved.isEmpty() && !refused.isEmpty(),
                "a race has winners and losers: " + moved.size() + " and " + refused.size());

        // The order of the audit log is compared with what clients saw.
        var log = stores.audit()
                .search(
                        new AuditApi.SearchAuditLogRequest(null, "alias.set", "m", null, null, null, true, null, null),
                        1000)
                .items();
        assertEquals(moved.size(), log.size());
        List<Attempt> left = new ArrayList<>(moved);
        List<Attempt> order = new ArrayList<>();
        long at = 0;
        long latestBegin = Long.MIN_VALUE;
        for (var entry : log) {
            assertEquals(
                    at == 0 ? null : "{\"version\":" + at + "}",
                    entry.before(),
                    "entry " + entry.seq() + " starts where the one before ended");
            long from = at;
            long to = Long.parseLong(entry.after().replaceAll("\\D", ""));
            // The requests of one client are sequential, so its name identifies the request of an entry.
            Attempt event = left.stream()
                    .filter(e -> e.actor().equals(entry.actor()) && e.expected() == from && e.wanted() == to)
                    .min(Comparator.comparingLong(Attempt::end))
                    .orElseThrow(() -> new AssertionError("nobody asked for " + from + " -> " + to));
            left.remove(event);
            order.add(event);
            latestBegin = Math.max(latestBegin, event.begin());
            assertTrue(
                    event.end() >= latestBegin,
                    "an assignment that was answered before another was requested precedes it");
            at = to;
        }
        assertEquals(at, holder(servers.get(1)));
        // A refusal names a version that the alias pointed at between request and response.
        for (Attempt event : refused) {
            boolean was = event.seen() == 0
                    || IntStream.range(0, order.size())
                            .anyMatch(i -> order.get(i).wanted() == event.seen()
                                    && order.get(i).begin() <= event.end()
                                    && (i + 1 == order.size()
                                            || order.get(i + 1).end() >= event.begin()));
            assertTrue(was && event.seen() != event.expected(), event.toString());
        }
        System.out.println("race: " + moved.size() + " moves, " + refused.size() + " refusals");
    }

    private static Attempt attempt(RegistryStore server, int client, long present, long wanted) {
        String actor = "c" + client;
        long begin = System.nanoTime();
        try {
            new RegistryWriter(server).setAlias("m", "champion", wanted, present, by(actor));
            return new Attempt(actor, begin, System.nanoTime(), present, wanted, true, wanted);
        } catch (KirokuException e) {
            long end = System.nanoTime();
            assertEquals(ErrorCode.RESOURCE_CONFLICT, e.code(), e.getMessage());
            String seen = e.getMessage().replaceAll("(?s).*points at (?:version (\\d+)|no version).*", "$1");
            return new Attempt(actor, begin, end, present, wanted, false, seen.isEmpty() ? 0 : Long.parseLong(seen));
        }
    }

    private static long holder(RegistryStore server) {
        return server.get("m").aliases().stream()
                .mapToLong(alias -> Long.parseLong(alias.version()))
                .findFirst()
                .orElse(0);
    }

    private interface Client<T> {
        Callable<T> of(int number);
    }

    private static <T> List<T> all(Client<T> client) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> results = IntStream.range(0, CLIENTS)
                    .mapToObj(client::of)
                    .map(threads::submit)
                    .toList();
            List<T> all = new ArrayList<>();
            for (Future<T> result : results) {
                all.add(result.get());
            }
            return Collections.unmodifiableList(all);
        }
    }
}
