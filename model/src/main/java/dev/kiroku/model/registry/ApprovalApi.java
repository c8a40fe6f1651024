package dev.kiroku.model.registry;

import static dev.kiroku.model.access.ResourceType.APPROVAL_REQUEST;
import static dev.kiroku.model.access.ResourceType.MODEL_VERSION;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on approval requests. */
public final class ApprovalApi {
    private ApprovalApi() {}

    /**
     * Requests approval of a change of an alias or stage.
     *
     * @param version the version that the alias or stage will point at; null to delete the alias
     * @param alias null for a stage
     * @param stage null for an alias
     * @param archiveExistingVersions for a stage: whether the versions that are in it are archived
     */
    public record CreateApprovalRequest(
            @Required String name,
            @Nullable String version,
            @Nullable String alias,
            @Nullable String stage,
            @Nullable Boolean archiveExistingVersions,
            @Nullable String comment) {}

    /** An approval request. */
    public record ApprovalResponse(ApprovalRequest approvalRequest) {}

    /** Names an approval request that is read. */
    public record GetApprovalRequest(@Required Long id) {}

    /** Finds the approval requests for which all values that are not null hold. */
    public record SearchApprovalsRequest(
            @Nullable String name,
            ApprovalRequest.@Nullable State state,
            @Nullable String requester,
            @Nullable Long maxResults,
            @Nullable String pageToken) {}

    /** A page of approval requests, newest first. */
    public record SearchApprovalsResponse(
            List<ApprovalRequest> approvalRequests,
            @Nullable String nextPageToken) {}

    /** Comments on an approval request, approves, rejects or withdraws it. */
    public record ApprovalActionRequest(
            @Required Long id, @Nullable String comment) {}

    private static final String APPROVALS = "/2.0/kiroku/approvals/";

    public static final Endpoint<CreateApprovalRequest, ApprovalResponse> CREATE = endpoint(
            POST,
            APPROVALS + "request",
            CreateApprovalRequest.class,
            ApprovalResponse.class,
            MODEL_VERSION.use("name", "version"),
            APPROVAL_REQUEST.create());
    public static final Endpoint<GetApprovalRequest, ApprovalResponse> GET_BY_ID = endpoint(
            GET, APPROVALS + "get", GetApprovalRequest.class, ApprovalResponse.class, APPROVAL_REQUEST.read("id"));
    public static final Endpoint<SearchApprovalsRequest, SearchApprovalsResponse> SEARCH = endpoint(
            GET,
            APPROVALS + "search",
            SearchApprovalsRequest.class,
            SearchApprovalsResponse.class,
            APPROVAL_REQUEST.read());
    public static final Endpoint<ApprovalActionRequest, ApprovalResponse> COMMENT = endpoint(
            POST,
            APPROVALS + "comment",
            ApprovalActionRequest.class,
            ApprovalResponse.class,
            APPROVAL_REQUEST.use("id"));
    /** The last approval that is required makes the change. */
    public static final Endpoint<ApprovalActionRequest, ApprovalResponse> APPROVE = endpoint(
            POST,
            APPROVALS + "approve",
            ApprovalActionRequest.class,
            ApprovalResponse.class,
            APPROVAL_REQUEST.use("id"));

    public static final Endpoint<ApprovalActionRequest, ApprovalResponse> REJECT = endpoint(
            POST,
            APPROVALS + "reject",
            ApprovalActionRequest.class,
            ApprovalResponse.class,
            APPROVAL_REQUEST.use("id"));
    public static final Endpoint<ApprovalActionRequest, ApprovalResponse> WITHDRAW = endpoint(
            POST,
            APPROVALS + "withdraw",
            ApprovalActionRequest.class,
            ApprovalResponse.class,
            APPROVAL_REQUEST.update("id"));
}
