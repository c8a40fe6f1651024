package dev.kiroku.transfer.source.rest;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Iterates over the pages of several searches, one after the other. */
final class JoinedPages<T> implements Iterator<List<T>> {
    private final Iterator<Iterator<List<T>>> searches;
    private @Nullable Iterator<List<T>> current;

    JoinedPages(Iterator<Iterator<List<T>>> searches) {
        this.searches = searches;
    }

    @Override
    public boolean hasNext() {
        while ((current == null || !current.hasNext()) && searches.hasNext()) {
            current = searches.next();
        }
        return current != null && current.hasNext();
    }

    @Override
    public List<T> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return Objects.requireNonNull(current).next();
    }
}
