package dev.kiroku.core.registry.approvals;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditSubjects;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.registry.ModelVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes assignments of aliases and stages, with their audit log entries and webhook messages. It checks no gates: see
 * {@link Assignments}.
 */
final class AssignmentWriter {
    private final RegistryTransaction tx;
    private final ModelRow model;
    private final ChangeContext change;
    private final @Nullable Long approval;

    /** @param approval the id of the approval request that permits the assignment, or null if none was needed */
    AssignmentWriter(RegistryTransaction tx, ModelRow model, ChangeContext change, @Nullable Long approval) {
        this.tx = tx;
        this.model = model;
        this.change = change;
        this.approval = approval;
    }

    /** Writes an assignment; the model is locked. */
    void write(Assignment assignment) {
        String name = assignment.target().name();
        if (!assignment.target().isAlias()) {
            setStage(assignment.version(), Stage.parse(name), assignment.archiveOthers());
        } else if (assignment.isDeletion()) {
            deleteAlias(name);
        } else {
            setAlias(name, assignment.version());
        }
    }

    private void deleteAlias(String alias) {
        long holder = tx.findHolder(model, GateTarget.alias(alias));
        tx.deleteAlias(model, alias);
        Map<String, Object> after = approval == null ? null : Map.of("approval", approval);
        audit("alias.delete", AuditSubjects.alias(model.name(), alias), field("version", holder), after);
        tx.emit(WebhookMessage.aliasDeleted(tx.isPrompt(model), model.name(), alias), change.timestamp());
    }

    private void setAlias(String alias, long version) {
        long holder = tx.findHolder(model, GateTarget.alias(alias));
        tx.putAlias(model, alias, version);
        audit(
                "alias.set",
                AuditSubjects.alias(model.name(), alias),
                holder == 0 ? null : field("version", holder),
                fieldAndApproval("version", version));
        tx.emit(
                WebhookMessage.aliasSet(tx.isPrompt(model), model.name(), alias, Long.toString(version)),
                change.timestamp());
    }

    private void setStage(long version, Stage stage, boolean archiveOthers) {
        ModelVersion before = tx.requireVersion(model, version);
        List<Long> archived = archiveOthers ? tx.listOthersInStage(model, version, stage) : List.of();
        for (long other : archived) {
            tx.updateVersionStage(model, other, Stage.ARCHIVED, change.timestamp());
            auditStage(other, stage.wireName(), Stage.ARCHIVED);
        }
        tx.updateVersionStage(model, version, stage, change.timestamp());
        tx.touchModel(model, change.timestamp());
        if (!before.currentStage().equals(stage.wireName())) {
            auditStage(version, before.currentStage(), stage);
        }
    }

    private void auditStage(long version, String before, Stage after) {
        audit(
                "version.stage",
                AuditSubjects.version(model.name(), version),
                field("stage", before),
                fieldAndApproval("stage", after.wireName()));
    }

    private void audit(
            String action, String subject, @Nullable Map<String, Object> before, @Nullable Map<String, Object> after) {
        tx.appendAudit(AuditEvent.of(change, action, subject, model.name(), before, after));
    }

    private static Map<String, Object> field(String name, Object value) {
        return Map.of(name, value);
    }

    private Map<String, Object> fieldAndApproval(String name, Object value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(name, value);
        if (approval != null) {
            fields.put("approval", approval);
        }
        return fields;
    }
}
