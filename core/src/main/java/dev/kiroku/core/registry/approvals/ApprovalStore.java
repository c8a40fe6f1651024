package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;

/** Where requests for approval are kept. Every method is one transaction; a request that is not there is RESOURCE_DOES_NOT_EXIST. */
public interface ApprovalStore {
    /** INVALID_PARAMETER_VALUE when nothing protects the target, PERMISSION_DENIED when a gate's conditions do not hold. */
    ApprovalRequest open(String model, Assignment move, String comment, ChangeContext change);

    /** The request as it stands now: one that has expired or been overtaken is closed by being looked at. */
    ApprovalRequest get(long id, long now);

    /** The newest first. What has expired or been overtaken among those that the query may mean is closed before. */
    Page<ApprovalRequest> search(ApprovalApi.SearchApprovalsRequest query, int maxResults, long now);

    /** Closes whatever has expired or been overtaken, so that webhooks are told though nobody looks. */
    void closeExpired(long now);

    /**
     * Takes what somebody says. The approval that completes a request makes the change in the same transaction, if the gates' conditions
     * still hold and nothing has changed since the request was made; otherwise the request is closed as invalid.
     */
    ApprovalRequest respond(long id, ApprovalRequest.ActionKind kind, String comment, ChangeContext change);
}
