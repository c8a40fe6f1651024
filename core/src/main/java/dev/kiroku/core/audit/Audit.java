package dev.kiroku.core.audit;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.audit.AuditApi;

/** The operations of {@link AuditApi}. Thread-safe. */
public final class Audit {
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1000;

    private final AuditStore store;

    /** Creates the operations on one store. */
    public Audit(AuditStore store) {
        this.store = store;
    }

    /** Returns a page of entries. */
    public AuditApi.SearchAuditLogResponse search(AuditApi.SearchAuditLogRequest request) {
        long max = request.maxResults() == null ? DEFAULT_PAGE_SIZE : request.maxResults();
        if (max < 1 || max > MAX_PAGE_SIZE) {
            throw invalid("Invalid value for max_results: it must be from 1 to %d, but got %d.", MAX_PAGE_SIZE, max);
        }
        var page = store.search(request, (int) max);
        return new AuditApi.SearchAuditLogResponse(page.items(), page.nextPageToken());
    }

    /** Returns the number of entries and the hash of the last one. */
    public AuditApi.AuditLogHead getHead(Empty request) {
        return store.getHead();
    }
}
