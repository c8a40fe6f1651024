package dev.kiroku.core.registry.approvals;

import static dev.kiroku.core.registry.gates.GateEvaluator.permissionDenied;
import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.abbreviate;
import static dev.kiroku.model.Strings.nullToEmpty;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.gates.GatePolicy;
import dev.kiroku.core.registry.gates.PolicyTransactions;
import dev.kiroku.core.registry.store.ApprovalRequestRow;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryTransactions;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.users.UserNames;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.State;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link ApprovalApi}. All work on one model waits for the lock of its row, so that concurrent votes
 * are all counted.
 */
public final class Approvals {
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final int MAX_PAGE_SIZE = 1000;
    private static final int MAX_COMMENT_LENGTH = 5000;

    /** The actor of changes that time causes. */
    private static final Caller SYSTEM = new Caller("kiroku", "-");

    private final RegistryTransactions registry;
    private final PolicyTransactions transactions;
    private final InstantSource clock;

    /** Creates the operations on one database. */
    public Approvals(RegistryTransactions registry, InstantSource clock) {
        this.registry = registry;
        this.transactions = new PolicyTransactions(registry);
        this.clock = clock;
    }

    /**
     * Opens a request; throws {@link KirokuException} with INVALID_PARAMETER_VALUE if no gate requires approval of the
     * assignment, and with PERMISSION_DENIED if a gate's conditions fail.
     */
    public ApprovalApi.ApprovalResponse open(ApprovalApi.CreateApprovalRequest request, Caller caller) {
        GateTarget target = GateTarget.of(request.alias(), request.stage());
        String version = nullToEmpty(request.version());
        boolean deletion = version.isEmpty();
        if (deletion && !target.isAlias()) {
            throw invalid("Missing value for required parameter 'version': the version to assign to %s.", target);
        }
        var assignment = new Assignment(
                target, deletion ? 0 : parseVersion(version), Boolean.TRUE.equals(request.archiveExistingVersions()));
        String comment = checkComment(request.comment());
        ChangeContext change = change(caller);
        OpenResult result = transactions.inTransaction(request.name(), (tx, policy) -> {
            ModelRow model = tx.requireLockedModel(request.name());
            if (!assignment.isDeletion()) {
                tx.requireVersion(model, assignment.version());
            }
            if (tx.findHolder(model, target) == assignment.version()) {
                throw invalid(
                        "No change to request: %s of model '%s' %s already.",
                        target,
                        model.name(),
                        deletion ? "does not exist" : "points at version " + assignment.version());
            }
            Optional<String> failure = AssignmentRules.findFailure(tx, policy, model, assignment, change);
            if (failure.isPresent()) {
                return new OpenResult.Refused(failure.get());
            }
            List<ApprovalGate> approvalGates = AssignmentRules.findApprovalGates(tx, policy, model, assignment);
            if (approvalGates.isEmpty()) {
                throw invalid(
                        "No gate requires approval for %s of model '%s'. Make the change directly.",
                        target, model.name());
            }
            ApprovalRequestRow row =
                    new ApprovalWorkflow(tx, policy, change).open(model, assignment, approvalGates, comment);
            return new OpenResult.Opened(ApprovalReader.load(tx, policy, row, model));
        });
        return switch (result) {
            case OpenResult.Opened(ApprovalRequest opened) -> new ApprovalApi.ApprovalResponse(opened);
            case OpenResult.Refused(String message) -> throw permissionDenied("%s", message);
        };
    }

    /** A refusal is a result because the webhook message that it emits must be committed. */
    private sealed interface OpenResult {
        record Opened(ApprovalRequest request) implements OpenResult {}

        record Refused(String message) implements OpenResult {}
    }

    /** Returns a request. If it has expired or was invalidated, it is closed first. */
    public ApprovalApi.ApprovalResponse get(ApprovalApi.GetApprovalRequest request) {
        long now = clock.millis();
        record Found(ApprovalRequest request, boolean over) {}
        Found found = transactions.inSnapshot((snapshot, policy) -> {
            ApprovalRequestRow row = snapshot.requireRequest(request.id());
            ModelRow model = snapshot.findModel(row.modelKey()).orElse(null);
            return new Found(
                    ApprovalReader.load(snapshot, policy, row, model),
                    ApprovalWorkflow.findClosing(snapshot, model, row, now).isPresent());
        });
        return new ApprovalApi.ApprovalResponse(
                found.over ? close(request.id(), found.request.name(), now) : found.request);
    }

    /**
     * Returns a page of the requests for models that the caller may read, the newest first. Those of the first page's
     * query that have ended are closed before.
     */
    public ApprovalApi.SearchApprovalsResponse search(ApprovalApi.SearchApprovalsRequest request, Caller caller) {
        long max = request.maxResults() == null ? DEFAULT_PAGE_SIZE : request.maxResults();
        if (max < 1 || max > MAX_PAGE_SIZE) {
            throw invalid("Invalid value for max_results: it must be from 1 to %d, but got %d.", MAX_PAGE_SIZE, max);
        }
        if (request.pageToken() == null || request.pageToken().isEmpty()) {
            closeEnded(request);
        }
        Page<ApprovalRequest> page = transactions.inSnapshot((snapshot, policy) -> {
            Page<ApprovalRequestRow> rows = snapshot.searchRequests(request, VisibleModels.of(caller), (int) max);
            return new Page<>(policy.map(rows.items(), row -> load(snapshot, policy, row)), rows.nextPageToken());
        });
        return new ApprovalApi.SearchApprovalsResponse(page.items(), page.nextPageToken());
    }

    /**
     * Closes all requests that have expired or were invalidated, so that webhooks get their messages even if nobody
     * reads the requests.
     */
    public void closeEnded() {
        closeEnded(new ApprovalApi.SearchApprovalsRequest(null, null, null, null, null));
    }

    private void closeEnded(ApprovalApi.SearchApprovalsRequest filter) {
        long now = clock.millis();
        List<ApprovalRequestRow> ended = registry.inSnapshot(snapshot -> snapshot.listOpenRequests(filter).stream()
                .filter(row -> ApprovalWorkflow.findClosing(
                                snapshot, snapshot.findModel(row.modelKey()).orElse(null), row, now)
                        .isPresent())
                .toList());
        ended.forEach(row -> close(row.id(), row.model(), now));
    }

    /** Closes a request that has ended, if that is still so under the lock of the model. */
    private ApprovalRequest close(long id, String modelName, long now) {
        return transactions.inTransaction(modelName, (tx, policy) -> {
            ModelRow model = tx.lockModel(tx.requireRequest(id).modelKey()).orElse(null);
            var workflow = new ApprovalWorkflow(tx, policy, new ChangeContext(SYSTEM, now));
            return ApprovalReader.load(tx, policy, workflow.closeIfOver(model, tx.requireRequest(id)), model);
        });
    }

    private static ApprovalRequest load(RegistrySnapshot snapshot, GatePolicy policy, ApprovalRequestRow row) {
        return ApprovalReader.load(
                snapshot, policy, row, snapshot.findModel(row.modelKey()).orElse(null));
    }

    /** Adds a comment, also to a closed request. */
    public ApprovalApi.ApprovalResponse comment(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        if (request.comment() == null || request.comment().isBlank()) {
            throw invalid("Missing value for required parameter 'comment'.");
        }
        return act(request, ActionKind.COMMENT, caller);
    }

    /**
     * Approves a request. The approval that completes it makes the assignment in the same transaction, if the gates'
     * conditions still hold; otherwise the request is invalidated.
     */
    public ApprovalApi.ApprovalResponse approve(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        return act(request, ActionKind.APPROVE, caller);
    }

    /** Rejects and closes a request. */
    public ApprovalApi.ApprovalResponse reject(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        return act(request, ActionKind.REJECT, caller);
    }

    /** Withdraws and closes a request of the caller; administrators may withdraw any. */
    public ApprovalApi.ApprovalResponse withdraw(ApprovalApi.ApprovalActionRequest request, Caller caller) {
        return act(request, ActionKind.WITHDRAW, caller);
    }

    private ApprovalApi.ApprovalResponse act(
            ApprovalApi.ApprovalActionRequest request, ActionKind kind, Caller caller) {
        long id = request.id();
        String comment = checkComment(request.comment());
        ChangeContext change = change(caller);
        String modelName =
                registry.inSnapshot(snapshot -> snapshot.requireRequest(id).model());
        ActionResult result = transactions.inTransaction(modelName, (tx, policy) -> {
            ModelRow model = tx.lockModel(tx.requireRequest(id).modelKey()).orElse(null);
            var workflow = new ApprovalWorkflow(tx, policy, change);
            ApprovalRequestRow row = workflow.closeIfOver(model, tx.requireRequest(id));
            if (kind == ActionKind.COMMENT) {
                workflow.addVote(row, kind, comment);
                return new ActionResult(ApprovalReader.load(tx, policy, row, model), true);
            }
            if (row.state() != State.OPEN || model == null) {
                return new ActionResult(ApprovalReader.load(tx, policy, row, model), false);
            }
            List<ApprovalGate> gates = AssignmentRules.findApprovalGates(tx, policy, model, row.assignment());
            requireEntitled(tx, row, kind, gates, caller);
            return new ActionResult(
                    ApprovalReader.load(tx, policy, workflow.act(model, row, gates, kind, comment), model), true);
        });
        if (!result.accepted) {
            throw invalid(
                    "Request %d is not open: it is %s (%s).", id, result.request.state(), result.request.reason());
        }
        return new ApprovalApi.ApprovalResponse(result.request);
    }

    /** @param accepted false if the request was closed by then, possibly by this transaction */
    private record ActionResult(ApprovalRequest request, boolean accepted) {}

    private static void requireEntitled(
            RegistrySnapshot registry,
            ApprovalRequestRow row,
            ActionKind kind,
            List<ApprovalGate> gates,
            Caller caller) {
        if (kind == ActionKind.WITHDRAW) {
            if (!UserNames.areSame(caller.name(), row.requester()) && !caller.isAdmin()) {
                throw permissionDenied("Only the requester, %s, can withdraw request %d.", row.requester(), row.id());
            }
            return;
        }
        if (caller.isAnonymous()) {
            throw permissionDenied("Anonymous callers cannot approve or reject requests. Sign in; a server without "
                    + "authentication cannot accept approvals.");
        }
        if (UserNames.areSame(caller.name(), row.requester()) && kind == ActionKind.APPROVE) {
            throw permissionDenied("You opened request %d: it must be approved by others.", row.id());
        }
        boolean entitled = gates.isEmpty()
                || VoteCounter.isApprover(gates, row.requester(), VoteCounter.Voter.of(registry, caller));
        if (!entitled) {
            List<String> approvers = gates.stream()
                    .flatMap(gate -> gate.requirement().from().stream())
                    .distinct()
                    .sorted()
                    .toList();
            throw permissionDenied(
                    "You are not an approver of request %d. Approvers: %s.", row.id(), String.join(", ", approvers));
        }
    }

    private ChangeContext change(Caller caller) {
        return new ChangeContext(caller, clock.millis());
    }

    private static String checkComment(@Nullable String text) {
        if (text != null && text.length() > MAX_COMMENT_LENGTH) {
            throw invalid("'comment' exceeds the maximum length of %d characters", MAX_COMMENT_LENGTH);
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
            // falls through to the message
        }
        throw invalid("Parameter 'version' must be a positive integer, got '%s'.", abbreviate(text, 60));
    }
}
