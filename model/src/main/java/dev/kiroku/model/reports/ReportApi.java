package dev.kiroku.model.reports;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.REPORT;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** Writing reports, and reading them. */
public final class ReportApi {
    private ReportApi() {}

    public record ReportResponse(Report report) {}

    public record CreateReportRequest(@Required String title, String content) {}

    /** @param version null for the newest */
    public record GetReportRequest(@Required String reportId, Long version) {}

    /** @param containing what the title must have in it, in whatever case; null for all */
    public record SearchReportsRequest(String containing, Long maxResults, String pageToken) {}

    /** Without their contents; what was changed last comes first. */
    public record ReportsResponse(List<Report> reports, String nextPageToken) {}

    /**
     * Makes a new version.
     *
     * @param title null to leave it, as is {@code content}
     * @param expectedVersion the one that was looked at: RESOURCE_CONFLICT when there is a newer one, so that nobody overwrites what they have not seen
     */
    public record UpdateReportRequest(
            @Required String reportId,
            String title,
            String content,
            @Required Long expectedVersion) {}

    public record ListReportVersionsRequest(@Required String reportId, Long maxResults, String pageToken) {}

    /** @param expectedVersion as of {@link UpdateReportRequest} */
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
    /** All versions of one report, the newest first. */
    public static final Endpoint<ListReportVersionsRequest, ReportsResponse> LIST_VERSIONS = endpoint(
            GET,
            REPORTS + "versions",
            ListReportVersionsRequest.class,
            ReportsResponse.class,
            REPORT.read("report_id"));
    /** With all its versions, for good. */
    public static final Endpoint<DeleteReportRequest, Empty> DELETE =
            endpoint(POST, REPORTS + "delete", DeleteReportRequest.class, Empty.class, REPORT.delete("report_id"));
}
