package dev.kiroku.core.reports;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.reports.Report;

/** Where reports are kept, with all their versions. */
public interface ReportStore {
    Report create(String id, String title, String content, ChangeContext change);

    /** @param version null for the newest */
    Report get(String id, Long version);

    /** Without contents, the last changed first. @param containing in the title, in whatever case; empty for all */
    Page<Report> search(String containing, int maxResults, String pageToken);

    /** Without contents, the newest first. */
    Page<Report> listVersions(String id, int maxResults, String pageToken);

    /**
     * Makes the next version, unless nothing changes.
     *
     * @param title null to leave it, as is {@code content}
     * @throws dev.kiroku.model.KirokuException RESOURCE_CONFLICT when the newest version is another one than {@code expected}
     */
    Report update(String id, String title, String content, long expected, ChangeContext change);

    /** @throws dev.kiroku.model.KirokuException as of {@link #update} */
    void delete(String id, long expected, ChangeContext change);
}
