package dev.kiroku.model.reports;

import static dev.kiroku.model.api.Endpoint.Permission.EDIT_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Permission.READ_EXPERIMENT;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
import static dev.kiroku.model.api.Endpoint.read;
import static dev.kiroku.model.api.Endpoint.write;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** Writing reports, and reading them. */
public final class ReportApi {
    private ReportApi() {}

    public record One(Report report) {}

    public record Create(@Required String title, String content) {}

    /** @param version null for the newest */
    public record ById(@Required String reportId, Long version) {}

    /** @param containing what the title must have in it, in whatever case; null for all */
    public record Search(String containing, Long maxResults, String pageToken) {}

    /** Without their contents; what was changed last comes first. */
    public record Found(List<Report> reports, String nextPageToken) {}

    /**
     * Makes a new version.
     *
     * @param title null to leave it, as is {@code content}
     * @param expectedVersion the one that was looked at: RESOURCE_CONFLICT when there is a newer one, so that nobody overwrites what they have not seen
     */
    public record Update(
            @Required String reportId,
            String title,
            String content,
            @Required Long expectedVersion) {}

    public record Versions(@Required String reportId, Long maxResults, String pageToken) {}

    /** @param expectedVersion as of {@link Update} */
    public record Delete(
            @Required String reportId, @Required Long expectedVersion) {}

    private static final String REPORTS = "/2.0/kiroku/reports/";

    public static final Endpoint<Create, One> CREATE =
            write(POST, REPORTS + "create", Create.class, One.class, EDIT_EXPERIMENT);
    public static final Endpoint<ById, One> GET_BY_ID =
            read(GET, REPORTS + "get", ById.class, One.class, READ_EXPERIMENT);
    public static final Endpoint<Search, Found> SEARCH =
            read(GET, REPORTS + "search", Search.class, Found.class, READ_EXPERIMENT);
    public static final Endpoint<Update, One> UPDATE =
            write(POST, REPORTS + "update", Update.class, One.class, EDIT_EXPERIMENT);
    /** All versions of one report, the newest first. */
    public static final Endpoint<Versions, Found> VERSIONS =
            read(GET, REPORTS + "versions", Versions.class, Found.class, READ_EXPERIMENT);
    /** With all its versions, for good. */
    public static final Endpoint<Delete, Empty> DELETE =
            write(POST, REPORTS + "delete", Delete.class, Empty.class, EDIT_EXPERIMENT);
}
