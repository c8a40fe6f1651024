package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads all pages of a search. */
final class PageReader {
    private PageReader() {}

    /** A page of any search. */
    record Page<T>(List<T> items, @Nullable String next) {}

    /** Returns the items of all pages, which must be full, except the last one. */
    static <T> List<T> readAll(int pageSize, Function<@Nullable String, Page<T>> read) {
        List<T> all = new ArrayList<>();
        Page<T> page = new Page<>(List.of(), null);
        do {
            page = read.apply(page.next);
            all.addAll(page.items);
            assertTrue(page.next == null || page.items.size() == pageSize, "a page has " + page.items.size());
        } while (page.next != null);
        return all;
    }
}
