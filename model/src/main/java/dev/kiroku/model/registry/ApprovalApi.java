package dev.kiroku.model.registry;

import static dev.kiroku.model.api.Endpoint.Permission.EDIT_MODEL;
import static dev.kiroku.model.api.Endpoint.Permission.READ_MODEL;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.Verb.POST;
import static dev.kiroku.model.api.Endpoint.govern;
import static dev.kiroku.model.api.Endpoint.read;

import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** Asking for approval of a change to a protected alias or stage, and giving it. */
public final class ApprovalApi {
    private ApprovalApi() {}

    /**
     * @param version what the alias or stage is to point at; without it, the alias is to be deleted
     * @param archiveExistingVersions for a stage
     */
    public record Open(
            @Required String name,
            String version,
            String alias,
            String stage,
            Boolean archiveExistingVersions,
            String comment) {}

    public record One(ApprovalRequest approvalRequest) {}

    public record ById(@Required Long id) {}

    /** What is not null must hold. */
    public record Search(
            String name, ApprovalRequest.State state, String requester, Long maxResults, String pageToken) {}

    /** The newest first. */
    public record Found(List<ApprovalRequest> approvalRequests, String nextPageToken) {}

    public record Say(@Required Long id, String comment) {}

    private static final String APPROVALS = "/2.0/kiroku/approvals/";

    public static final Endpoint<Open, One> OPEN =
            govern(POST, APPROVALS + "request", Open.class, One.class, EDIT_MODEL);
    public static final Endpoint<ById, One> GET_BY_ID = read(GET, APPROVALS + "get", ById.class, One.class, READ_MODEL);
    public static final Endpoint<Search, Found> SEARCH =
            read(GET, APPROVALS + "search", Search.class, Found.class, READ_MODEL);
    public static final Endpoint<Say, One> COMMENT =
            govern(POST, APPROVALS + "comment", Say.class, One.class, EDIT_MODEL);
    /** The approval that completes a request makes the change. */
    public static final Endpoint<Say, One> APPROVE =
            govern(POST, APPROVALS + "approve", Say.class, One.class, EDIT_MODEL);

    public static final Endpoint<Say, One> REJECT =
            govern(POST, APPROVALS + "reject", Say.class, One.class, EDIT_MODEL);
    public static final Endpoint<Say, One> WITHDRAW =
            govern(POST, APPROVALS + "withdraw", Say.class, One.class, EDIT_MODEL);
}
