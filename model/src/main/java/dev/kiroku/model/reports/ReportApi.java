package dev.kiroku.model.reports;

import static dev.kiroku.model.access.ResourceType.REPORT;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on reports. */
public final class ReportApi {
    private ReportApi() {}

    /** A report. */
    public record ReportResponse(Report report) {}

    /** Adds a report. */
    public record CreateReportRequest(
            @Required String title, @Nullable String content) {}

    /**
     * Names a report that is read.
     *
     * @param version null for the newest
     */
    public record GetReportRequest(
            @Required String reportId, @Nullable Long version) {}

    /**
     * Finds reports.
     *
     * @param containing a part of the title, in any case; null for all reports
     */
    public record SearchReportsRequest(
            @Nullable String containing,
            @Nullable Long maxResults,
            @Nullable String pageToken) {}

    /** A page of reports without their content, last changed first. */
    public record ReportsResponse(
            List<Report> reports, @Nullable String nextPageToken) {}

    /**
     * Saves a new version of a report. What is null stays as it is.
     *
     * @param expectedVersion the version that the change is based on; if there is a newer one, the response is
     *     RESOURCE_CONFLICT
     */
    public record UpdateReportRequest(
            @Required String reportId,
            @Nullable String title,
            @Nullable String content,
            @Required Long expectedVersion) {}

    /** Names a report whose versions are listed. */
    public record ListReportVersionsRequest(
            @Required String reportId,
            @Nullable Long maxResults,
            @Nullable String pageToken) {}

    /**
     * Names a report that is deleted.
     *
     * @param expectedVersion as for {@link UpdateReportRequest}
     */
    public record DeleteReportRequest(
            @Required String reportId, @Required Long expectedVersion) {}

    private static final String REPORTS = "/2.0/kiroku/reports/";

    public static final Endpoint<CreateReportRequest, ReportResponse> CREATE =
            endpoint(POST, REPORTS + "create", CreateReportRequest.class, ReportResponse.class, REPORT.create());
    public static final Endpoint<GetReportRequest, ReportResponse> GET_BY_ID =
            endpoint(GET, REPORTS + "get", GetReportRequest.class, ReportResponse.class, REPORT.read("report_id"));
    public static final Endpoint<SearchReportsRequest, ReportsResponse> SEARCH =
            endpoint(GET, REPORTS + "search", SearchReportsRequest.class, ReportsResponse.class, REPORT.read());
    public static final Endpoint<UpdateReportRequest, ReportResponse> UPDATE = endpoint(
            POST, REPORTS + "update", UpdateReportRequest.class, ReportResponse.class, REPORT.update("report_id"));
    /** Lists all versions of a report, newest first. */
    public static final Endpoint<ListReportVersionsRequest, ReportsResponse> LIST_VERSIONS = endpoint(
            GET,
            REPORTS + "versions",
            ListReportVersionsRequest.class,
            ReportsResponse.class,
            REPORT.read("report_id"));
    /** Deletes a report with all its versions; it cannot be restored. */
    public static final Endpoint<DeleteReportRequest, Empty> DELETE =
            endpoint(POST, REPORTS + "delete", DeleteReportRequest.class, Empty.class, REPORT.delete("report_id"));
}
