package dev.kiroku.transfer.source.rest;

import dev.kiroku.model.api.Page;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Iterates over the pages of a search, which are read when they are needed. A server names the next page by a token. */
final class TokenPages<T> implements Iterator<List<T>> {
    /** Reads a page. */
    interface Reader<T> {
        /** @param token null for the first page */
        Page<T> read(@Nullable String token);
    }

    private final Reader<T> reader;
    private @Nullable String token;
    private boolean ended;

    TokenPages(Reader<T> reader) {
        this.reader = reader;
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    @Override
    public List<T> next() {
        if (ended) {
            throw new NoSuchElementException();
        }
        Page<T> page = reader.read(token);
        token = page.nextPageToken();
        ended = token == null || token.isEmpty();
        return page.items();
    }
}
