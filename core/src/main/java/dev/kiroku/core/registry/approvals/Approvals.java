package dev.kiroku.core.registry.approvals;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.GateTarget;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import java.time.InstantSource;

/** The operations of {@link ApprovalApi}. */
public final class Approvals {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;
    private static final int MAX_COMMENT = 5000;

    private final ApprovalStore store;
    private final InstantSource clock;

    public Approvals(ApprovalStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    public ApprovalApi.ApprovalResponse open(ApprovalApi.CreateApprovalRequest request, Caller caller) {
        GateTarget target = GateTarget.of(request.alias(), request.stage());
        boolean deletion = request.version() == null || request.version().isEmpty();
        if (deletion && !target.isAlias()) {
            throw invalid("Give the version that is to become %s.", target);
        }
        var move = new Assignment(
                target,
                deletion ? 0 : parseVersion(request.version()),
                Boolean.TRUE.equals(request.archiveExistingVersions()));
        return new ApprovalApi.ApprovalResponse(
                store.open(request.name(), move, comment(request.comment()), change(caller)));
    }

    public ApprovalApi.ApprovalResponse get(ApprovalApi.GetApprovalRequest request) {
        return new ApprovalApi.ApprovalResponse(store.get(request.id(), clock.millis()));
    }

    public ApprovalApi.SearchApprovalsResponse search(ApprovalApi.SearchApprovalsRequest request) {
        long max = request.maxResults() == null ? DEFAULT_PAGE : request.maxResults();
        if (max < 1 || max > MAX_PAGE) {
            throw invalid("Invalid value for max_results: it must be from 1 to %d, but got %d.", MAX_PAGE, max);
        }
        var page = store.search(request, (int) max, clock.millis());
        return new ApprovalApi.SearchApprovalsResponse(page.items(), page.nextPageToken());
    }

    public ApprovalApi.ApprovalResponse comment(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        if (request.comment() == null || request.comment().isBlank()) {
            throw invalid("Missing value for required parameter 'comment'.");
        }
        return respond(request, ActionKind.COMMENT, caller);
    }

    public ApprovalApi.ApprovalResponse approve(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        return respond(request, ActionKind.APPROVE, caller);
    }

    public ApprovalApi.ApprovalResponse reject(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        return respond(request, ActionKind.REJECT, caller);
    }

    public ApprovalApi.ApprovalResponse withdraw(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        return respond(request, ActionKind.WITHDRAW, caller);
    }

    private ApprovalApi.ApprovalResponse respond(
            ApprovalApi.ApprovalActionRequest request, ActionKind kind, Caller caller) {
        return new ApprovalApi.ApprovalResponse(
                store.respond(request.id(), kind, comment(request.comment()), change(caller)));
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }

    private static String comment(String text) {
        if (text != null && text.length() > MAX_COMMENT) {
            throw invalid("'comment' exceeds the maximum length of %d characters", MAX_COMMENT);
        }
        return text == null ? "" : text;
    }

    private static long parseVersion(String text) {
        try {
            long version = Long.parseLong(text.strip());
            if (version > 0) {
                return version;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw invalid(
                "Parameter 'version' must be a version's number, got '%s'.",
                text.length() > 60 ? text.substring(0, 60) + "…" : text);
    }
}
