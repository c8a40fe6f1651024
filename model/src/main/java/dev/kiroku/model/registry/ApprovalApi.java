package dev.kiroku.model.registry;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.APPROVAL_REQUEST;
import static dev.kiroku.model.api.ResourceType.MODEL_VERSION;

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
    public record CreateApprovalRequest(
            @Required String name,
            String version,
            String alias,
            String stage,
            Boolean archiveExistingVersions,
            String comment) {}

    public record ApprovalResponse(ApprovalRequest approvalRequest) {}

    public record GetApprovalRequest(@Required Long id) {}

    /** What is not null must hold. */
    public record SearchApprovalsRequest(
            String name, ApprovalRequest.State state, String requester, Long maxResults, String pageToken) {}

    /** The newest first. */
    public record SearchApprovalsResponse(List<ApprovalRequest> approvalRequests, String nextPageToken) {}

    public record ApprovalActionRequest(@Required Long id, String comment) {}

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
    /** The approval that completes a request makes the change. */
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
