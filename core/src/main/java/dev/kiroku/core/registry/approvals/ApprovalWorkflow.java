package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.CanonicalJson;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.gates.ApprovalGate;
import dev.kiroku.core.registry.gates.GatePolicy;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.store.ApprovalRequestRow;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewApprovalRequest;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.users.UserNames;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest.ActionKind;
import dev.kiroku.model.registry.ApprovalRequest.State;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of approval requests, within one transaction. A request is OPEN until it is APPROVED (enough
 * approvals: the assignment is made in the same transaction), REJECTED or WITHDRAWN by a person, EXPIRED, or
 * INVALIDATED because something changed that the approvers could not know. The model of a request is locked before the
 * request is changed.
 */
final class ApprovalWorkflow {
    private final RegistryTransaction tx;
    private final GatePolicy policy;
    private final ChangeContext change;

    ApprovalWorkflow(RegistryTransaction tx, GatePolicy policy, ChangeContext change) {
        this.tx = tx;
        this.policy = policy;
        this.change = change;
    }

    /**
     * Returns the refusal of an assignment that needs approval. If all gates open requests on their own, the caller
     * gets one, unless it has an open request for the same assignment already.
     *
     * @param gates those whose approval the assignment needs
     */
    AssignmentResult.Refused refuse(ModelRow model, Assignment assignment, List<ApprovalGate> gates) {
        String reason = assignment.describeRefusal(model.name()) + " without approval: "
                + (gates.size() == 1 ? "gate " : "gates ")
                + gates.stream().map(gate -> "'" + gate.name() + "'").collect(Collectors.joining(", "))
                + (gates.size() == 1 ? " requires it. " : " require it. ");
        boolean opensRequests = gates.stream()
                .allMatch(gate -> Boolean.TRUE.equals(gate.requirement().openRequests()));
        if (!opensRequests) {
            GateTarget target = assignment.target();
            return new AssignmentResult.Refused(
                    reason + "To request it: kiroku approvals request --name " + model.name()
                            + (assignment.isDeletion() ? " --delete" : " --version " + assignment.version())
                            + (target.isAlias() ? " --alias " : " --stage ") + target.name());
        }
        long id = findSameRequest(model, assignment)
                .orElseGet(() -> open(model, assignment, gates, ""))
                .id();
        return new AssignmentResult.Refused(reason + "Request " + id
                + " is open for it; the change is made when it is approved. To wait for that: kiroku approvals wait "
                + id);
    }

    private Optional<ApprovalRequestRow> findSameRequest(ModelRow model, Assignment assignment) {
        return tx.listOpenRequests(model, assignment.target()).stream()
                .filter(row -> row.assignment().equals(assignment)
                        && UserNames.areSame(row.requester(), change.caller().name())
                        && row.expiresAt() > change.timestamp())
                .findFirst();
    }

    /**
     * Opens a request.
     *
     * @param gates those whose approval the assignment needs, at least one
     */
    ApprovalRequestRow open(ModelRow model, Assignment assignment, List<ApprovalGate> gates, String comment) {
        long lifetime = gates.stream()
                .map(gate -> Gates.expiry(gate.requirement()))
                .min(Comparator.naturalOrder())
                .orElseThrow()
                .toMillis();
        long id = tx.insertRequest(
                model,
                new NewApprovalRequest(
                        assignment,
                        change.caller().name(),
                        comment,
                        change.timestamp(),
                        change.timestamp() + lifetime,
                        tx.findHolder(model, assignment.target()),
                        evidence(tx, model, assignment)));
        ApprovalRequestRow row = tx.requireRequest(id);
        Map<String, @Nullable Object> content = content(row);
        content.put("comment", comment.isEmpty() ? null : comment);
        audit("approval.request", row, null, content);
        emit("requested", row, content);
        return row;
    }

    /** Returns a digest of the metrics that the approvers see. */
    private static String evidence(RegistrySnapshot registry, ModelRow model, Assignment assignment) {
        return assignment.isDeletion()
                ? ""
                : CanonicalJson.digest(
                        registry.getFacts(model, assignment.version()).metrics());
    }

    /**
     * The end of a request that nobody caused by an action on it.
     *
     * @param state EXPIRED or INVALIDATED
     */
    record Closing(State state, String reason) {}

    /**
     * Returns how an open request has ended by now, or empty if it has not. Changes nothing.
     *
     * @param model null if the model was deleted
     */
    static Optional<Closing> findClosing(
            RegistrySnapshot registry, @Nullable ModelRow model, ApprovalRequestRow row, long now) {
        if (row.state() != State.OPEN) {
            return Optional.empty();
        }
        if (row.expiresAt() <= now) {
            return Optional.of(new Closing(State.EXPIRED, "not completed in time"));
        }
        return findInvalidation(registry, model, row).map(reason -> new Closing(State.INVALIDATED, reason));
    }

    private static Optional<String> findInvalidation(
            RegistrySnapshot registry, @Nullable ModelRow model, ApprovalRequestRow row) {
        Assignment assignment = row.assignment();
        if (model == null) {
            return Optional.of("the model was deleted");
        }
        if (!assignment.isDeletion() && !registry.hasVersion(model, assignment.version())) {
            return Optional.of("version " + assignment.version() + " was deleted");
        }
        long holder = registry.findHolder(model, assignment.target());
        if (holder != row.holder()) {
            return Optional.of(assignment.target() + " has changed since: it points at "
                    + (holder == 0 ? "no version" : "version " + holder)
                    + (row.holder() == 0 ? "" : " and pointed at version " + row.holder()));
        }
        return evidence(registry, model, assignment).equals(row.evidence())
                ? Optional.empty()
                : Optional.of(metricsChanged(row));
    }

    private static String metricsChanged(ApprovalRequestRow row) {
        return "metrics of version " + row.assignment().version() + " have changed since";
    }

    /**
     * Closes an open request that has expired or was invalidated, and returns the request as it is then.
     *
     * @param model null if the model was deleted
     */
    ApprovalRequestRow closeIfOver(@Nullable ModelRow model, ApprovalRequestRow row) {
        return findClosing(tx, model, row, change.timestamp())
                .map(closing -> close(row, closing.state(), closing.reason()))
                .orElse(row);
    }

    /**
     * Invalidates the open requests for a target that has just been assigned.
     *
     * @param exceptId a request to leave alone, or null
     */
    void invalidateOthers(ModelRow model, GateTarget target, @Nullable Long exceptId) {
        for (ApprovalRequestRow row : tx.listOpenRequests(model, target)) {
            if (!Objects.equals(row.id(), exceptId)) {
                close(row, State.INVALIDATED, target + " has changed since");
            }
        }
    }

    /** Invalidates the open requests for all targets of a model. */
    void invalidateAll(ModelRow model, String reason) {
        tx.listOpenRequests(new ApprovalApi.SearchApprovalsRequest(model.name(), null, null, null, null)).stream()
                .filter(row -> row.modelKey() == model.key())
                .forEach(row -> close(row, State.INVALIDATED, reason));
    }

    /**
     * Records an action of an entitled person on an open request, and returns the request as it is then. A comment is
     * possible at any time.
     *
     * @param gates those whose approval the request needs
     */
    ApprovalRequestRow act(
            ModelRow model, ApprovalRequestRow row, List<ApprovalGate> gates, ActionKind kind, String comment) {
        addVote(row, kind, comment);
        String actor = change.caller().name();
        return switch (kind) {
            case COMMENT -> row;
            case REJECT -> close(row, State.REJECTED, "rejected by " + actor);
            case WITHDRAW -> close(row, State.WITHDRAWN, "withdrawn by " + actor);
            case APPROVE ->
                VoteCounter.findPending(tx, gates, row.requester(), tx.listVotes(row.id()))
                                .isEmpty()
                        ? complete(model, row)
                        : row;
        };
    }

    /** Makes the assignment of a request that has all approvals, if the conditions of the gates still hold. */
    private ApprovalRequestRow complete(ModelRow model, ApprovalRequestRow row) {
        Optional<String> failure = AssignmentRules.findFailure(tx, policy, model, row.assignment(), change);
        if (failure.isPresent()) {
            return close(row, State.INVALIDATED, failure.get());
        }
        GuardedNames names = GuardedNames.capture(tx, policy, model);
        AssignmentRules.watchRun(tx, policy, model, row.assignment());
        if (!evidence(tx, model, row.assignment()).equals(row.evidence())) { // logged to before the run was locked
            return close(row, State.INVALIDATED, metricsChanged(row));
        }
        new AssignmentWriter(tx, model, change, row.id()).write(row.assignment());
        names.verify(
                Optional.of(model),
                row.assignment().describeRefusal(model.name()),
                Optional.of(row.assignment().target()),
                true);
        invalidateOthers(model, row.assignment().target(), row.id());
        return close(row, State.APPROVED, "approved and applied");
    }

    private ApprovalRequestRow close(ApprovalRequestRow row, State state, String reason) {
        tx.closeRequest(row.id(), state, reason, change.timestamp());
        Map<String, @Nullable Object> after = content(row);
        after.put("state", state);
        after.put("reason", reason);
        audit("approval.close", row, Map.of("state", State.OPEN), after);
        emit(state == State.APPROVED ? "completed" : state.name().toLowerCase(Locale.ROOT), row, after);
        return tx.requireRequest(row.id());
    }

    /** Records an action without its consequences. */
    void addVote(ApprovalRequestRow row, ActionKind kind, String comment) {
        tx.addVote(
                row.id(),
                new ApprovalVote(
                        change.timestamp(),
                        change.caller().name(),
                        change.caller().groups(),
                        kind,
                        comment,
                        tx.findAccount(change.caller().name()).orElse(null),
                        tx.listRoles(change.caller().name(), change.caller().groups())));
        Map<String, @Nullable Object> after = content(row);
        after.put("comment", comment.isEmpty() ? null : comment);
        audit("approval." + kind.name().toLowerCase(Locale.ROOT), row, null, after);
        if (kind == ActionKind.APPROVE) { // REJECT and WITHDRAW close the request, which emits a message of its own
            emit("approved", row, after);
        }
    }

    private static Map<String, @Nullable Object> content(ApprovalRequestRow row) {
        Assignment assignment = row.assignment();
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("target", assignment.target().toString());
        content.put("version", ApprovalReader.versionOrNull(assignment.version()));
        content.put("requester", row.requester());
        return content;
    }

    private void audit(
            String action, ApprovalRequestRow row, @Nullable Object before, Map<String, @Nullable Object> after) {
        tx.appendAudit(AuditEvent.of(change, action, "approvals/" + row.id(), row.model(), before, after));
    }

    private void emit(String event, ApprovalRequestRow row, Map<String, @Nullable Object> content) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("request_id", row.id());
        data.put("name", row.model());
        data.put("actor", change.caller().name());
        content.forEach((name, value) -> data.put(name, value instanceof Enum<?> constant ? constant.name() : value));
        tx.emit(new WebhookMessage("approval." + event, data), change.timestamp());
    }
}
