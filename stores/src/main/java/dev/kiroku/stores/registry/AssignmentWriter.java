package dev.kiroku.stores.registry;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.AuditSubjects;
import dev.kiroku.core.registry.Stage;
import dev.kiroku.core.registry.approvals.Assignment;
import dev.kiroku.core.registry.gates.GateEvaluator;
import dev.kiroku.core.registry.gates.GateTarget;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.registry.SqlRegistryStore.ModelRow;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.webhooks.WebhookOutbox;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Points aliases and stages elsewhere: the only place that does, and so the place where gates stand. The model is locked by the caller. */
final class AssignmentWriter {
    private final SqlAuditLog audit;
    private final WebhookOutbox outbox;
    private final ApprovalRequests requests;

    AssignmentWriter(SqlAuditLog audit, WebhookOutbox outbox) {
        this.audit = audit;
        this.outbox = outbox;
        this.requests = new ApprovalRequests(audit, outbox);
    }

    ApprovalRequests requests() {
        return requests;
    }

    /**
     * Makes a move, if the gates let it pass. Where nothing is gated this is one look into an empty table.
     *
     * @return null when it is done; otherwise the refusal, to be thrown once the request for approval that it names, and what webhooks are to
     *     be told of it, are committed
     */
    KirokuException assign(Transaction tx, ModelRow model, Assignment move, ChangeContext change) throws SQLException {
        var view = new SqlGateContext(tx, model);
        List<Gate> all = view.gates();
        if (!all.isEmpty()) {
            KirokuException failed = checkConditions(tx, view, all, move, change);
            if (failed != null) {
                return failed;
            }
            List<Gate> protecting = protecting(tx, model, all, move);
            if (!protecting.isEmpty()) {
                return requests.refusal(tx, view, model, move, protecting, change);
            }
        }
        apply(tx, model, move, change, null);
        if (!all.isEmpty()) {
            requests.invalidateOthers(tx, model, move.target(), null, change);
        }
        return null;
    }

    /**
     * Holds a move against the gates' conditions.
     *
     * @return null when they hold; otherwise the refusal, to be thrown after the commit: webhooks are told of it, which a rollback would undo
     */
    KirokuException checkConditions(
            Transaction tx, SqlGateContext view, List<Gate> all, Assignment move, ChangeContext change)
            throws SQLException {
        List<GateResult> failed = move.isDeletion()
                ? List.of()
                : GateEvaluator.findFailed(
                        view, GateEvaluator.gatesOf(all, view.model(), move.target()), move.target(), move.version());
        if (failed.isEmpty()) {
            return null;
        }
        outbox.emit(
                tx,
                WebhookMessage.gateFailed(
                        view.model(),
                        move.version(),
                        move.target().toString(),
                        change.caller().name(),
                        failed),
                change.timestamp());
        return GateEvaluator.gateFailure(view.model(), move.target(), move.version(), failed);
    }

    /** The gates that people have to agree for: the target's, and those of the stage that the version would leave. */
    static List<Gate> protecting(Transaction tx, ModelRow model, List<Gate> all, Assignment move) throws SQLException {
        Set<Gate> gates = new LinkedHashSet<>(GateEvaluator.gatesOf(all, model.name(), move.target()));
        if (!move.target().isAlias()) {
            String stage =
                    SqlRegistryStore.requireVersion(tx, model, move.version()).currentStage();
            gates.addAll(GateEvaluator.gatesOf(all, model.name(), GateTarget.stage(Stage.parse(stage))));
        }
        return GateEvaluator.withApprovals(new ArrayList<>(gates));
    }

    /** @param approval the request that was approved, or null where none was needed */
    void apply(Transaction tx, ModelRow model, Assignment move, ChangeContext change, Long approval)
            throws SQLException {
        String name = move.target().name();
        if (!move.target().isAlias()) {
            putStage(tx, model, move, change, approval);
        } else if (move.isDeletion()) {
            long holder = holder(tx, model, name);
            tx.update(Sql.of(
                    "delete from registered_model_aliases where model_key = ? and alias = ?", model.key(), name));
            log(
                    tx,
                    change,
                    "alias.delete",
                    AuditSubjects.alias(model.name(), name),
                    model,
                    at("version", holder, null),
                    approved(approval));
            outbox.emit(tx, WebhookMessage.aliasDeleted(isPrompt(tx, model), model.name(), name), change.timestamp());
        } else {
            long holder = holder(tx, model, name);
            tx.update(Sql.of(
                    "insert into registered_model_aliases (model_key, alias, version) values (?, ?, ?)"
                            + " on conflict (model_key, alias) do update set version = excluded.version",
                    model.key(),
                    name,
                    move.version()));
            log(
                    tx,
                    change,
                    "alias.set",
                    AuditSubjects.alias(model.name(), name),
                    model,
                    holder == 0 ? null : at("version", holder, null),
                    at("version", move.version(), approval));
            outbox.emit(
                    tx,
                    WebhookMessage.aliasSet(isPrompt(tx, model), model.name(), name, Long.toString(move.version())),
                    change.timestamp());
        }
    }

    private void putStage(Transaction tx, ModelRow model, Assignment move, ChangeContext change, Long approval)
            throws SQLException {
        Stage stage = Stage.parse(move.target().name());
        ModelVersion before = SqlRegistryStore.requireVersion(tx, model, move.version());
        List<Long> archived = !move.archiveOthers()
                ? List.of()
                : tx.queryList(
                        Sql.of(
                                "select version from model_versions where model_key = ? and version <> ? and stage = ? order by version",
                                model.key(),
                                move.version(),
                                stage.ordinal()),
                        row -> row.getLong(1));
        for (long other : archived) {
            stage(tx, model, other, Stage.ARCHIVED, change);
            log(
                    tx,
                    change,
                    "version.stage",
                    AuditSubjects.version(model.name(), other),
                    model,
                    at("stage", stage.wireName(), null),
                    at("stage", Stage.ARCHIVED.wireName(), approval));
        }
        stage(tx, model, move.version(), stage, change);
        touch(tx, model, change);
        if (!before.currentStage().equals(stage.wireName())) {
            log(
                    tx,
                    change,
                    "version.stage",
                    AuditSubjects.version(model.name(), move.version()),
                    model,
                    at("stage", before.currentStage(), null),
                    at("stage", stage.wireName(), approval));
        }
    }

    private static Map<String, Object> at(String field, Object value, Long approval) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put(field, value);
        content.put("approval", approval);
        return content;
    }

    private static Map<String, Object> approved(Long approval) {
        return approval == null ? null : Map.of("approval", approval);
    }

    private void log(
            Transaction tx,
            ChangeContext change,
            String action,
            String subject,
            ModelRow model,
            Object before,
            Object after) {
        audit.append(tx, AuditEvent.of(change, action, subject, model.name(), before, after));
    }

    private static void stage(Transaction tx, ModelRow model, long version, Stage stage, ChangeContext change)
            throws SQLException {
        tx.update(Sql.of(
                "update model_versions set stage = ?, last_update_time = ? where model_key = ? and version = ?",
                stage.ordinal(),
                change.timestamp(),
                model.key(),
                version));
    }

    static void touch(Transaction tx, ModelRow model, ChangeContext change) throws SQLException {
        tx.update(Sql.of(
                "update registered_models set last_update_time = ? where model_key = ?",
                change.timestamp(),
                model.key()));
    }

    static boolean isPrompt(Transaction tx, ModelRow model) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select value from registered_model_tags where model_key = ? and key = ?",
                                model.key(),
                                WebhookMessage.PROMPT_TAG),
                        row -> row.getString(1))
                .filter(value -> value.equalsIgnoreCase("true"))
                .isPresent();
    }

    /** The version that an alias points at, or 0. */
    static long holder(Transaction tx, ModelRow model, String alias) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select version from registered_model_aliases where model_key = ? and alias = ?",
                                model.key(),
                                alias),
                        row -> row.getLong(1))
                .orElse(0L);
    }
}
