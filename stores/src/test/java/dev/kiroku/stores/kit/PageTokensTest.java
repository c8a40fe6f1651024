package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTokensTest {
    @Test
    void tokensAreValidOnAllServersOfADatabaseAndAfterARestart(@TempDir Path folder) {
        StoreUri uri = TestDatabases.sqlite(folder);
        String token;
        try (Stores first = TestDatabases.open(uri);
                Stores second = TestDatabases.open(uri)) {
            createRuns(first);
            token = firstToken(first);
            assertEquals("2", secondPage(second, token));
        }
        try (Stores restarted = TestDatabases.open(uri)) {
            assertEquals("2", secondPage(restarted, token));
        }
    }

    @Test
    void tokensOfAnotherDatabaseAreRefused(@TempDir Path folder, @TempDir Path other) {
        try (Stores stores = TestDatabases.open(TestDatabases.sqlite(folder));
                Stores others = TestDatabases.open(TestDatabases.sqlite(other))) {
            createRuns(stores);
            createRuns(others);
            String token = firstToken(others);
            assertThrows(KirokuException.class, () -> secondPage(stores, token));
        }
    }

    private static void createRuns(Stores stores) {
        for (String id : List.of("1", "2")) {
            stores.runs().create(new RunStore.NewRun(id, 0, id, "user", 1000, id, List.of()));
        }
    }

    private static String firstToken(Stores stores) {
        return stores.runs().search(query(null)).nextPageToken();
    }

    private static String secondPage(Stores stores, String token) {
        return stores.runs().search(query(token)).items().getFirst().info().runId();
    }

    private static RunStore.Query query(String token) {
        return new RunStore.Query(List.of(0L), ViewType.ACTIVE_ONLY, new SearchFilter(List.of()), List.of(), 1, token);
    }
}
