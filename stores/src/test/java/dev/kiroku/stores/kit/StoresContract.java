package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.search.Filter;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store must do; each database runs it. */
public abstract class StoresContract {
    /** Opened once for all tests, which keep out of each other's way by experiments of their own. */
    protected abstract Stores stores();

    private long newExperiment() {
        return stores().experiments().create("x-" + UUID.randomUUID(), id -> "mlflow-artifacts:/" + id, List.of(), 1000);
    }

    private Run newRun(long experiment) {
        String id = UUID.randomUUID().toString().replace("-", "");
        return stores().runs().create(new RunStore.NewRun(id, experiment, "n", "u", 5, id + "/artifacts", List.of(new KeyValue(RunStore.NAME_TAG, "n"))));
    }

    @Test
    void whatARunLogsIsReadBack() {
        Run run = newRun(newExperiment());
        String id = run.info().runId();
        stores().runs().log(
                id,
                List.of(new Metric("m", 1.5, 10, 0), new Metric("m", 2.5, 11, 1), new Metric("nan", Double.NaN, 1, 0), new Metric("inf", Double.POSITIVE_INFINITY, 1, 0)),
                List.of(new KeyValue("p", "v")),
                List.of(new KeyValue("t", "w")));
        stores().runs().log(id, List.of(new Metric("m", 2.5, 11, 1), new Metric("m", 9, 99, -1)), List.of(), List.of());
        Run seen = stores().runs().get(id);
        assertEquals("mlflow-artifacts:/" + run.info().experimentId() + "/" + id + "/artifacts", seen.info().artifactUri());
        assertEquals(List.of(new KeyValue("p", "v")), seen.data().params());
        assertEquals(2, seen.data().tags().size());
        Metric m = seen.data().metrics().stream().filter(x -> x.key().equals("m")).findFirst().orElseThrow();
        assertEquals(new Metric("m", 2.5, 11, 1), m);
        assertTrue(seen.data().metrics().stream().anyMatch(x -> x.key().equals("nan") && Double.isNaN(x.value())));
        assertTrue(seen.data().metrics().stream().anyMatch(x -> x.key().equals("inf") && x.value() == Double.MAX_VALUE));
        assertEquals(
                List.of(new Metric("m", 1.5, 10, 0), new Metric("m", 2.5, 11, 1), new Metric("m", 9, 99, -1)),
                stores().runs().history(id, "m", 0, null).items());
        var first = stores().runs().history(id, "m", 2, null);
        assertEquals(1, stores().runs().history(id, "m", 2, first.nextPageToken()).items().size());
    }

    @Test
    void aBatchWithAChangedParamLeavesNothing() {
        String id = newRun(newExperiment()).info().runId();
        stores().runs().log(id, List.of(), List.of(new KeyValue("p", "1")), List.of());
        KirokuException refused = assertThrows(
                KirokuException.class,
                () -> stores().runs().log(id, List.of(new Metric("m", 1, 1, 1)), List.of(new KeyValue("q", "1"), new KeyValue("p", "2")), List.of()));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        Run seen = stores().runs().get(id);
        assertEquals(1, seen.data().params().size());
        assertTrue(seen.data().metrics().isEmpty());
    }

    @Test
    void manyWritersOfOneRunLoseNothing() throws Exception {
        String id = newRun(newExperiment()).info().runId();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> tasks = IntStream.range(0, 200)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        stores().runs().log(id, List.of(new Metric("m", i, i, i)), List.of(new KeyValue("p" + i, "v" + i)), List.of());
                        return null;
                    })
                    .toList();
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        }
        assertEquals(200, stores().runs().history(id, "m", 0, null).items().size());
        assertEquals(200, stores().runs().get(id).data().params().size());
        assertEquals(199, stores().runs().get(id).data().metrics().getFirst().value());
    }

    @Test
    void pagesOfASearchNeitherSkipNorRepeat() {
        long experiment = newExperiment();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ids.add(newRun(experiment).info().runId());
        }
        List<String> seen = new ArrayList<>();
        String token = null;
        do {
            var page = stores().runs().search(new RunStore.Query(List.of(experiment), ViewType.ALL, new Filter(List.of()), List.of(), 4, token));
            page.items().forEach(run -> seen.add(run.info().runId()));
            token = page.nextPageToken();
        } while (token != null);
        assertEquals(ids.stream().sorted().toList(), seen);
    }
}
