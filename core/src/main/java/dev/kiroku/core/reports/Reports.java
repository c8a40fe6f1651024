package dev.kiroku.core.reports;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.Change;
import dev.kiroku.core.tracking.Ids;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.reports.ReportApi;
import java.time.InstantSource;

/** The operations of {@link ReportApi}. */
public final class Reports {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;
    private static final int MAX_TITLE = 250;
    private static final int MAX_CONTENT = 1_000_000;

    private final ReportStore store;
    private final Ids ids;
    private final InstantSource clock;

    public Reports(ReportStore store, Ids ids, InstantSource clock) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
    }

    public ReportApi.One create(ReportApi.Create request, Caller caller) {
        return new ReportApi.One(store.create(
                ids.runId(),
                title(request.title()),
                request.content() == null ? "" : content(request.content()),
                change(caller)));
    }

    public ReportApi.One get(ReportApi.ById request) {
        return new ReportApi.One(store.get(request.reportId(), request.version()));
    }

    public ReportApi.Found search(ReportApi.Search request) {
        String containing = request.containing() == null ? "" : request.containing();
        var page = store.search(containing, max(request.maxResults()), request.pageToken());
        return new ReportApi.Found(page.items(), page.nextPageToken());
    }

    public ReportApi.Found versions(ReportApi.Versions request) {
        var page = store.versions(request.reportId(), max(request.maxResults()), request.pageToken());
        return new ReportApi.Found(page.items(), page.nextPageToken());
    }

    public ReportApi.One update(ReportApi.Update request, Caller caller) {
        String title = request.title() == null ? null : title(request.title());
        return new ReportApi.One(store.update(
                request.reportId(), title, content(request.content()), request.expectedVersion(), change(caller)));
    }

    public Empty delete(ReportApi.Delete request, Caller caller) {
        store.delete(request.reportId(), request.expectedVersion(), change(caller));
        return new Empty();
    }

    private Change change(Caller caller) {
        return new Change(caller, clock.millis());
    }

    private static String title(String text) {
        String title = text.strip();
        if (title.isEmpty() || title.length() > MAX_TITLE || title.chars().anyMatch(Character::isISOControl)) {
            throw invalid("The title of a report must be one line of 1 to %d characters.", MAX_TITLE);
        }
        return title;
    }

    private static String content(String text) {
        if (text != null && text.length() > MAX_CONTENT) {
            throw invalid("The report has %d characters, at most %d are kept.", text.length(), MAX_CONTENT);
        }
        if (text != null && text.indexOf('\0') >= 0) {
            throw invalid("The report contains the character NUL, which is not a text's.");
        }
        return text;
    }

    private static int max(Long given) {
        long max = given == null ? DEFAULT_PAGE : given;
        if (max < 1 || max > MAX_PAGE) {
            throw invalid("Invalid value for max_results: it must be from 1 to %d, but got %d.", MAX_PAGE, max);
        }
        return (int) max;
    }
}
