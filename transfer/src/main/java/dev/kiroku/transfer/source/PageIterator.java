package dev.kiroku.transfer.source;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Iterates over pages that are read when they are needed, each from the last item of the page before it. */
public final class PageIterator<T> implements Iterator<List<T>> {
    private final Function<@Nullable T, List<T>> reader;
    private @Nullable List<T> next;
    private @Nullable T last;

    /** @param reader returns the items after one, or the first ones for null; an empty list after the last */
    public PageIterator(Function<@Nullable T, List<T>> reader) {
        this.reader = reader;
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            next = reader.apply(last);
        }
        return !next.isEmpty();
    }

    @Override
    public List<T> next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        List<T> page = next;
        last = page.getLast();
        next = null;
        return page;
    }
}
