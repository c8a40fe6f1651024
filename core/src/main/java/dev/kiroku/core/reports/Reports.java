package dev.kiroku.core.reports;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.tracking.IdGenerator;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.reports.ReportApi;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The operations of {@link ReportApi}. Thread-safe. */
public final class Reports {
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1000;
    private static final int MAX_TITLE = 250;
    private static final int MAX_CONTENT = 1_000_000;

    private final ReportStore store;
    private final IdGenerator ids;
    private final InstantSource clock;

    /**
     * Creates the operations on one store.
     *
     * @param ids the source of report ids
     */
    public Reports(ReportStore store, IdGenerator ids, InstantSource clock) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
    }

    /** Creates a report. */
    public ReportApi.ReportResponse create(ReportApi.CreateReportRequest request, Caller caller) {
        return new ReportApi.ReportResponse(store.create(
                ids.newRunId(),
                checkTitle(request.title()),
                request.content() == null ? "" : checkContent(request.content()),
                change(caller)));
    }

    /** Returns a version of a report. */
    public ReportApi.ReportResponse get(ReportApi.GetReportRequest request) {
        return new ReportApi.ReportResponse(store.get(request.reportId(), request.version()));
    }

    /** Returns a page of the reports that the caller may read, without their contents. */
    public ReportApi.ReportsResponse search(ReportApi.SearchReportsRequest request, Caller caller) {
        String containing = request.containing() == null ? "" : request.containing();
        var page = store.search(
                containing,
                caller.rights().visible(ResourceType.REPORT),
                checkMaxResults(request.maxResults()),
                request.pageToken());
        return new ReportApi.ReportsResponse(page.items(), page.nextPageToken());
    }

    /** Returns a page of the versions of a report without their contents. */
    public ReportApi.ReportsResponse listVersions(ReportApi.ListReportVersionsRequest request) {
        var page = store.listVersions(request.reportId(), checkMaxResults(request.maxResults()), request.pageToken());
        return new ReportApi.ReportsResponse(page.items(), page.nextPageToken());
    }

    /** Creates the next version of a report. */
    public ReportApi.ReportResponse update(ReportApi.UpdateReportRequest request, Caller caller) {
        String title = request.title() == null ? null : checkTitle(request.title());
        return new ReportApi.ReportResponse(store.update(
                request.reportId(),
                title,
                request.content() == null ? null : checkContent(request.content()),
                request.expectedVersion(),
                change(caller)));
    }

    /** Deletes a report with all its versions. */
    public Empty delete(ReportApi.DeleteReportRequest request, Caller caller) {
        store.delete(request.reportId(), request.expectedVersion(), change(caller));
        return new Empty();
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }

    private static String checkTitle(String text) {
        String title = text.strip();
        if (title.isEmpty() || title.length() > MAX_TITLE || title.chars().anyMatch(Character::isISOControl)) {
            throw invalid("The title of a report must be one line of 1 to %d characters.", MAX_TITLE);
        }
        return title;
    }

    private static String checkContent(String text) {
        if (text.length() > MAX_CONTENT) {
            throw invalid("The report has %d characters, but at most %d are supported.", text.length(), MAX_CONTENT);
        }
        if (text.indexOf('\0') >= 0) {
            throw invalid("The report contains the character NUL, which is not supported.");
        }
        return text;
    }

    private static int checkMaxResults(@Nullable Long requested) {
        long max = requested == null ? DEFAULT_PAGE_SIZE : requested;
        if (max < 1 || max > MAX_PAGE_SIZE) {
            throw invalid("Invalid value for max_results: it must be from 1 to %d, but got %d.", MAX_PAGE_SIZE, max);
        }
        return (int) max;
    }
}
