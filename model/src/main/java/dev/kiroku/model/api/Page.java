package dev.kiroku.model.api;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a longer answer.
 *
 * @param items at most as many as were asked for
 * @param nextPageToken opaque; to be sent back for the next page, or null when this is the last
 */
public record Page<T>(List<T> items, String nextPageToken) {
    public Page {
        items = List.copyOf(items);
    }

    public <U> Page<U> map(Function<T, U> each) {
        return new Page<>(items.stream().map(each).toList(), nextPageToken);
    }
}
