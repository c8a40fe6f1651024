package dev.kiroku.core.reports;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.reports.Report;
import org.jspecify.annotations.Nullable;

/**
 * Stores reports with all their versions. Methods on a report that does not exist throw
 * {@link dev.kiroku.model.KirokuException} with RESOURCE_DOES_NOT_EXIST.
 */
public interface ReportStore {
    /** Creates a report with version 1. */
    Report create(String id, String title, String content, ChangeContext change);

    /**
     * Returns a version of a report.
     *
     * @param version null for the newest
     */
    Report get(String id, @Nullable Long version);

    /**
     * Returns a page of reports without their contents, the last changed first.
     *
     * @param titlePart a part of the title, ignoring case; empty for all reports
     * @param visible the reports to search
     */
    Page<Report> search(String titlePart, VisibleResources visible, int maxResults, @Nullable String pageToken);

    /** Returns a page of the versions of a report without their contents, the newest first. */
    Page<Report> listVersions(String id, int maxResults, @Nullable String pageToken);

    /**
     * Creates the next version, unless nothing changes, and returns the newest one.
     *
     * @param title null to keep the title
     * @param content null to keep the content
     * @throws dev.kiroku.model.KirokuException with RESOURCE_CONFLICT if the newest version is not {@code expected}
     */
    Report update(String id, @Nullable String title, @Nullable String content, long expected, ChangeContext change);

    /**
     * Deletes a report with all its versions.
     *
     * @throws dev.kiroku.model.KirokuException with RESOURCE_CONFLICT if the newest version is not {@code expected}
     */
    void delete(String id, long expected, ChangeContext change);
}
