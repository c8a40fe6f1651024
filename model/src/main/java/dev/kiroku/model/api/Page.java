package dev.kiroku.model.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a longer result.
 *
 * @param items at most as many as the request allows
 * @param nextPageToken opaque; the request for the next page contains it. Null if this is the last page
 */
public record Page<T>(List<T> items, @Nullable String nextPageToken) {
    public Page {
        items = List.copyOf(items);
    }

    /** Returns a page with {@code each} applied to every item. */
    public <U> Page<U> map(Function<T, U> each) {
        return new Page<>(items.stream().map(each).toList(), nextPageToken);
    }
}
