package dev.kiroku.stores.registry;

import static dev.kiroku.stores.registry.UncheckedSqlException.unchecked;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewApprovalRequest;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.tracking.WatchedRuns;
import dev.kiroku.stores.users.ResourceGrants;
import dev.kiroku.stores.webhooks.WebhookOutbox;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reads and writes of core within one transaction of the database. */
final class SqlRegistryTransaction extends SqlRegistrySnapshot implements RegistryTransaction {
    /** Grants that name a model: it may have become a prompt later. */
    private static final List<ResourceType> GRANTED_TYPES = List.of(ResourceType.REGISTERED_MODEL, ResourceType.PROMPT);

    private final Transaction tx;
    private final SqlAuditLog audit;
    private final WebhookOutbox outbox;

    SqlRegistryTransaction(Transaction tx, VersionFactsReader factsReader, SqlAuditLog audit, WebhookOutbox outbox) {
        super(tx, factsReader);
        this.tx = tx;
        this.audit = audit;
        this.outbox = outbox;
    }

    @Override
    public Optional<ModelRow> lockModel(String name) {
        return unchecked(() -> ModelTable.lock(tx, name));
    }

    @Override
    public Optional<ModelRow> lockModel(long modelKey) {
        return unchecked(() -> ModelTable.lock(tx, modelKey));
    }

    @Override
    public void insertModel(String name, @Nullable String description, long time) {
        unchecked(() -> ModelTable.insert(tx, name, description, time));
    }

    @Override
    public void grantToCreator(ModelRow model, ChangeContext change) {
        ResourceType type = isPrompt(model) ? ResourceType.PROMPT : ResourceType.REGISTERED_MODEL;
        unchecked(() -> ResourceGrants.addCreator(tx, change.caller(), type, model.name(), change.timestamp()));
    }

    @Override
    public void renameModel(ModelRow model, String newName, long time) {
        unchecked(() -> {
            ModelTable.rename(tx, model, newName, time);
            if (!newName.equals(model.name())) {
                for (ResourceType type : GRANTED_TYPES) {
                    ResourceGrants.rename(tx, type, model.name(), newName);
                }
            }
        });
    }

    @Override
    public void updateModelDescription(ModelRow model, @Nullable String description, long time) {
        unchecked(() -> ModelTable.updateDescription(tx, model, description, time));
    }

    @Override
    public void touchModel(ModelRow model, long time) {
        unchecked(() -> ModelTable.touch(tx, model, time));
    }

    @Override
    public void deleteModel(ModelRow model) {
        unchecked(() -> {
            ModelTable.delete(tx, model);
            for (ResourceType type : GRANTED_TYPES) {
                ResourceGrants.delete(tx, type, model.name());
            }
        });
    }

    @Override
    public void putModelTag(ModelRow model, KeyValue tag) {
        unchecked(() -> ModelTable.putTag(tx, model, tag));
    }

    @Override
    public void deleteModelTag(ModelRow model, String key) {
        unchecked(() -> ModelTable.deleteTag(tx, model, key));
    }

    @Override
    public long insertVersion(ModelRow model, NewVersion version, long time) {
        return unchecked(() -> VersionTable.insert(tx, model, version, time));
    }

    @Override
    public void updateVersionDescription(ModelRow model, long version, @Nullable String description, long time) {
        unchecked(() -> VersionTable.updateDescription(tx, model, version, description, time));
    }

    @Override
    public void updateVersionStage(ModelRow model, long version, Stage stage, long time) {
        unchecked(() -> VersionTable.updateStage(tx, model, version, stage, time));
    }

    @Override
    public void putVersionTag(ModelRow model, long version, KeyValue tag) {
        unchecked(() -> VersionTable.putTag(tx, model, version, tag));
    }

    @Override
    public void deleteVersionTag(ModelRow model, long version, String key) {
        unchecked(() -> VersionTable.deleteTag(tx, model, version, key));
    }

    @Override
    public void deleteVersion(ModelRow model, long version) {
        unchecked(() -> VersionTable.delete(tx, model, version));
    }

    @Override
    public void putAlias(ModelRow model, String alias, long version) {
        unchecked(() -> AliasTable.put(tx, model, alias, version));
    }

    @Override
    public void deleteAlias(ModelRow model, String alias) {
        unchecked(() -> AliasTable.delete(tx, model, alias));
    }

    @Override
    public void putLastHolder(String modelName, GateTarget target, LastHolder holder) {
        unchecked(() -> LastHolderTable.put(tx, modelName, target, holder));
    }

    @Override
    public void watchRun(ModelRow model, long version) {
        unchecked(() -> WatchedRuns.watch(tx, model.key(), version));
    }

    @Override
    public void watchAssignedRuns() {
        unchecked(() -> WatchedRuns.watchAssigned(tx));
    }

    @Override
    public void lockGates() {
        unchecked(() -> audit.lock(tx)); // every change of gates is logged, so the lock of the log serves for them
    }

    @Override
    public void insertGate(Gate gate) {
        unchecked(() -> GateTable.insert(tx, gate));
    }

    @Override
    public void deleteGate(String name) {
        unchecked(() -> GateTable.delete(tx, name));
    }

    @Override
    public long insertRequest(ModelRow model, NewApprovalRequest request) {
        return unchecked(() -> ApprovalTable.insert(tx, model, request));
    }

    @Override
    public void closeRequest(long id, State state, String reason, long time) {
        unchecked(() -> ApprovalTable.close(tx, id, state, reason, time));
    }

    @Override
    public void addVote(long requestId, ApprovalVote vote) {
        unchecked(() -> ApprovalTable.addVote(tx, requestId, vote));
    }

    @Override
    public void appendAudit(AuditEvent event) {
        audit.append(tx, event);
    }

    @Override
    public void emit(WebhookMessage message, long time) {
        unchecked(() -> outbox.emit(tx, message, time));
    }
}
