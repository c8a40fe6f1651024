package dev.kiroku.core.registry.store;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that changes the registry, including its audit log entries and webhook deliveries. It sees its own
 * changes. Whoever changes a model, its versions or its approval requests locks the model first. Times are milliseconds
 * since 1970.
 */
public interface RegistryTransaction extends RegistrySnapshot {
    /** Returns a model that no other transaction can change until this one ends. */
    Optional<ModelRow> lockModel(String name);

    /** As {@link #lockModel(String)}, by {@linkplain ModelRow#key() key}. */
    Optional<ModelRow> lockModel(long modelKey);

    /**
     * As {@link #lockModel(String)}; throws {@link KirokuException} with RESOURCE_DOES_NOT_EXIST if there is no such
     * model.
     */
    default ModelRow requireLockedModel(String name) {
        return lockModel(name).orElseThrow(() -> RegistrySnapshot.modelNotFound(name));
    }

    void insertModel(String name, @Nullable String description, long time);

    /** Grants whoever makes a change to manage a model that it creates. Does nothing without authentication. */
    void grantToCreator(ModelRow model, ChangeContext change);

    /** Renames a model with the grants on it, and its approval requests. */
    void renameModel(ModelRow model, String newName, long time);

    void updateModelDescription(ModelRow model, @Nullable String description, long time);

    /** Sets the time of the model's last update. */
    void touchModel(ModelRow model, long time);

    /** Deletes a model with its versions, tags and aliases, and the grants on it. Its approval requests stay. */
    void deleteModel(ModelRow model);

    /** Adds or replaces a tag. */
    void putModelTag(ModelRow model, KeyValue tag);

    void deleteModelTag(ModelRow model, String key);

    /**
     * Inserts a version with its tags, and returns its number: the next one of the model. Numbers of deleted versions
     * are not reused.
     */
    long insertVersion(ModelRow model, NewVersion version, long time);

    void updateVersionDescription(ModelRow model, long version, @Nullable String description, long time);

    void updateVersionStage(ModelRow model, long version, Stage stage, long time);

    /** Adds or replaces a tag. */
    void putVersionTag(ModelRow model, long version, KeyValue tag);

    void deleteVersionTag(ModelRow model, long version, String key);

    /** Deletes a version with its tags, and the aliases that point at it. */
    void deleteVersion(ModelRow model, long version);

    /** Adds or replaces an alias. */
    void putAlias(ModelRow model, String alias, long version);

    void deleteAlias(ModelRow model, String alias);

    /** Adds or replaces the {@linkplain #findLastHolder last holder} of a target. */
    void putLastHolder(String modelName, GateTarget target, LastHolder holder);

    /**
     * Locks the run of a version until this transaction ends, and has changes of the run checked from then on by the
     * gates that freeze runs. Does nothing if the version has no run.
     */
    void watchRun(ModelRow model, long version);

    /** As {@link #watchRun}, for all versions that aliases or stages point at, without locking the runs. */
    void watchAssignedRuns();

    /** Keeps other transactions, on all servers, from changing gates until this one ends. */
    void lockGates();

    void insertGate(Gate gate);

    void deleteGate(String name);

    /** Inserts a request, and returns its id. */
    long insertRequest(ModelRow model, NewApprovalRequest request);

    void closeRequest(long id, State state, String reason, long time);

    void addVote(long requestId, ApprovalVote vote);

    /** Appends an entry to the audit log. It is written at the end of the transaction. */
    void appendAudit(AuditEvent event);

    /** Queues a message for each webhook that subscribes to its event. */
    void emit(WebhookMessage message, long time);
}
