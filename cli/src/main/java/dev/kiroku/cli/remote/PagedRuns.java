package dev.kiroku.cli.remote;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.tracking.ViewType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The runs of an experiment in the order of the server, read page by page. Not thread-safe. */
public final class PagedRuns implements Iterator<Run> {
    private static final int PAGE = 1000;

    private final TrackingClient server;
    private final String experimentId;
    private final ViewType view;
    private final Deque<Run> page = new ArrayDeque<>();
    private String token;
    private boolean complete;

    /** Creates an iterator. The first page is read with the first call. */
    public PagedRuns(TrackingClient server, String experimentId, ViewType view) {
        this.server = server;
        this.experimentId = experimentId;
        this.view = view;
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !complete) {
            var answer = server.call(
                    RunApi.SEARCH,
                    new RunApi.SearchRunsRequest(List.of(experimentId), null, view, PAGE, List.of(), token));
            page.addAll(answer.runs());
            token = answer.nextPageToken();
            complete = token == null || token.isEmpty();
        }
        return !page.isEmpty();
    }

    @Override
    public Run next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.removeFirst();
    }
}
