package dev.kiroku.core.registry;

import static dev.kiroku.core.registry.store.RegistrySnapshot.versionNotFound;
import static dev.kiroku.model.KirokuException.alreadyExists;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditSubjects;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.approvals.AssignmentResult;
import dev.kiroku.core.registry.approvals.Assignments;
import dev.kiroku.core.registry.approvals.GuardedNames;
import dev.kiroku.core.registry.gates.PolicyTransactions;
import dev.kiroku.core.registry.gates.RunFreeze;
import dev.kiroku.core.registry.store.Assignment;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.RegistryTransactions;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes registered models and their versions. Each change is one transaction with its audit log entries and webhook
 * messages. Changes of what does not exist throw {@link KirokuException} with RESOURCE_DOES_NOT_EXIST, changes that a
 * gate does not permit with PERMISSION_DENIED.
 */
public final class RegistryWriter {
    private final RegistryTransactions registry;
    private final PolicyTransactions transactions;

    /** Creates a writer on one database. */
    public RegistryWriter(RegistryTransactions registry) {
        this.registry = registry;
        this.transactions = new PolicyTransactions(registry);
    }

    /** Creates a model; throws {@link KirokuException} with RESOURCE_ALREADY_EXISTS if the name is taken. */
    public RegisteredModel create(
            String name, @Nullable String description, List<KeyValue> tags, ChangeContext change) {
        return registry.inTransaction(name, tx -> {
            requireFreeName(tx, name);
            tx.insertModel(name, description, change.timestamp());
            ModelRow model = tx.requireModel(name);
            tags.forEach(tag -> tx.putModelTag(model, tag));
            tx.grantToCreator(model, change);
            RegisteredModel created = tx.loadModel(model);
            audit(tx, change, "model.create", AuditSubjects.model(name), name, null, AuditContent.of(created));
            tx.emit(WebhookMessage.modelCreated(name, tags, description), change.timestamp());
            return created;
        });
    }

    private static void requireFreeName(RegistryTransaction tx, String name) {
        if (tx.findModel(name).isPresent()) {
            throw alreadyExists("Registered Model (name=%s) already exists.", name);
        }
    }

    /** Renames a model; throws {@link KirokuException} with RESOURCE_ALREADY_EXISTS if the new name is taken. */
    public RegisteredModel rename(String name, String newName, ChangeContext change) {
        return transactions.inTransaction(name, (tx, policy) -> {
            ModelRow model = tx.requireLockedModel(name);
            if (!newName.equals(name)) {
                requireFreeName(tx, newName);
            }
            GuardedNames names = GuardedNames.capture(tx, policy, model);
            if (!newName.equals(name)) {
                Assignments.invalidateRequests(tx, policy, model, "the model was renamed", change);
            }
            tx.renameModel(model, newName, change.timestamp());
            names.verify(
                    tx.findModel(newName),
                    "Model '" + name + "' cannot be renamed to '" + newName + "'",
                    Optional.empty(),
                    false);
            audit(
                    tx,
                    change,
                    "model.rename",
                    AuditSubjects.model(name),
                    name,
                    Map.of("name", name),
                    Map.of("name", newName));
            return tx.loadModel(tx.requireModel(newName));
        });
    }

    /**
     * Sets the description of a model.
     *
     * @param description null to remove it
     */
    public RegisteredModel updateDescription(String name, @Nullable String description, ChangeContext change) {
        return registry.inTransaction(name, tx -> {
            ModelRow model = tx.requireLockedModel(name);
            tx.updateModelDescription(model, description, change.timestamp());
            audit(
                    tx,
                    change,
                    "model.update",
                    AuditSubjects.model(name),
                    name,
                    field("description", model.description()),
                    field("description", description));
            return tx.loadModel(tx.requireModel(name));
        });
    }

    /** Deletes a model with all of its versions. */
    public void delete(String name, ChangeContext change) {
        transactions.runInTransaction(name, (tx, policy) -> {
            ModelRow model = tx.requireLockedModel(name);
            String operation = "Model '" + name + "' cannot be deleted";
            GuardedNames.requireUnprotected(policy, model, tx.listTargets(model), operation);
            GuardedNames names = GuardedNames.capture(tx, policy, model);
            audit(
                    tx,
                    change,
                    "model.delete",
                    AuditSubjects.model(name),
                    name,
                    AuditContent.of(tx.loadModel(model)),
                    null);
            tx.deleteModel(model);
            names.verify(Optional.empty(), operation, Optional.empty(), false);
        });
    }

    /** Adds or replaces a tag of a model. */
    public void setTag(String name, KeyValue tag, ChangeContext change) {
        registry.runInTransaction(name, tx -> {
            ModelRow model = tx.requireLockedModel(name);
            String before = tx.findModelTag(model, tag.key()).orElse(null);
            tx.putModelTag(model, tag);
            audit(
                    tx,
                    change,
                    "model.tag.set",
                    AuditSubjects.model(name),
                    name,
                    field(tag.key(), before),
                    field(tag.key(), tag.value()));
            if (tx.isPrompt(model)) {
                tx.emit(WebhookMessage.promptTagSet(name, tag), change.timestamp());
            }
        });
    }

    /** Deletes a tag of a model, if it has it. */
    public void deleteTag(String name, String key, ChangeContext change) {
        registry.runInTransaction(name, tx -> {
            ModelRow model = tx.requireLockedModel(name);
            Optional<String> before = tx.findModelTag(model, key);
            if (before.isPresent()) {
                tx.deleteModelTag(model, key);
                audit(tx, change, "model.tag.delete", AuditSubjects.model(name), name, field(key, before.get()), null);
            }
            if (tx.isPrompt(model)) {
                tx.emit(WebhookMessage.promptTagDeleted(name, key), change.timestamp());
            }
        });
    }

    /**
     * Assigns an alias to a version.
     *
     * @param expected the version that the alias must point at before, 0 for none, or null to assign it in any case; if
     *     it points at another one, {@link KirokuException} with RESOURCE_CONFLICT is thrown
     */
    public void setAlias(String name, String alias, long version, @Nullable Long expected, ChangeContext change) {
        transactions
                .inTransaction(name, (tx, policy) -> {
                    ModelRow model = tx.requireLockedModel(name);
                    long holder = requireExpectedHolder(tx, model, alias, expected);
                    tx.requireVersion(model, version);
                    if (holder == version) { // MLflow emits the event even if nothing changes
                        tx.emit(
                                WebhookMessage.aliasSet(tx.isPrompt(model), name, alias, Long.toString(version)),
                                change.timestamp());
                        return new AssignmentResult.Applied();
                    }
                    return Assignments.assign(
                            tx, policy, model, new Assignment(GateTarget.alias(alias), version, false), change);
                })
                .requireApplied();
    }

    /**
     * Deletes an alias, if the model has it.
     *
     * @param expected as for {@link #setAlias}
     */
    public void deleteAlias(String name, String alias, @Nullable Long expected, ChangeContext change) {
        transactions
                .inTransaction(name, (tx, policy) -> {
                    ModelRow model = tx.requireLockedModel(name);
                    long holder = requireExpectedHolder(tx, model, alias, expected);
                    if (holder == 0) {
                        tx.emit(WebhookMessage.aliasDeleted(tx.isPrompt(model), name, alias), change.timestamp());
                        return new AssignmentResult.Applied();
                    }
                    return Assignments.assign(
                            tx, policy, model, new Assignment(GateTarget.alias(alias), 0, false), change);
                })
                .requireApplied();
    }

    /** Returns the version that an alias points at, or 0. */
    private static long requireExpectedHolder(
            RegistryTransaction tx, ModelRow model, String alias, @Nullable Long expected) {
        long holder = tx.findHolder(model, GateTarget.alias(alias));
        if (expected != null && expected != holder) {
            throw new KirokuException(
                    ErrorCode.RESOURCE_CONFLICT,
                    String.format(
                            Locale.ROOT,
                            "The alias '%s' of model '%s' points at %s, and not at %s as expected: it was changed by another request. "
                                    + "Read the alias again, and repeat the request with the version that it points at.",
                            alias,
                            model.name(),
                            holder == 0 ? "no version" : "version " + holder,
                            expected == 0 ? "none" : "version " + expected));
        }
        return holder;
    }

    /**
     * Creates a version with the next number of its model. Numbers are dense, and numbers of deleted versions are not
     * reused.
     */
    public ModelVersion createVersion(NewVersion version, ChangeContext change) {
        String name = version.name();
        return registry.inTransaction(name, tx -> {
            ModelRow model = tx.requireLockedModel(name);
            long number = tx.insertVersion(model, version, change.timestamp());
            ModelVersion created = tx.requireVersion(model, number);
            audit(
                    tx,
                    change,
                    "version.create",
                    AuditSubjects.version(name, number),
                    name,
                    null,
                    AuditContent.of(created));
            tx.emit(
                    WebhookMessage.versionCreated(
                            name,
                            created.version(),
                            version.source(),
                            version.runId(),
                            version.tags(),
                            version.description()),
                    change.timestamp());
            return created;
        });
    }

    /**
     * Sets the description of a version.
     *
     * @param description null to remove it
     */
    public ModelVersion updateVersionDescription(
            String name, long version, @Nullable String description, ChangeContext change) {
        return changeVersion(name, version, (tx, model, before) -> {
            tx.updateVersionDescription(model, version, description, change.timestamp());
            audit(
                    tx,
                    change,
                    "version.update",
                    AuditSubjects.version(name, version),
                    name,
                    field("description", before.description()),
                    field("description", description));
        });
    }

    /**
     * Assigns a stage to a version.
     *
     * @param archiveOthers whether to move the other versions in that stage to Archived
     */
    public ModelVersion transitionStage(
            String name, long version, Stage stage, boolean archiveOthers, ChangeContext change) {
        transactions
                .inTransaction(name, (tx, policy) -> {
                    ModelRow model = requireLockedModel(tx, name, version);
                    ModelVersion before = tx.requireVersion(model, version);
                    var assignment = new Assignment(GateTarget.stage(stage), version, archiveOthers);
                    if (before.currentStage().equals(stage.wireName()) && !archiveOthers) {
                        Assignments.assignUnchecked(tx, model, assignment, change);
                        return new AssignmentResult.Applied();
                    }
                    return Assignments.assign(tx, policy, model, assignment, change);
                })
                .requireApplied();
        return registry.inSnapshot(snapshot -> snapshot.requireVersion(
                snapshot.findModel(name).orElseThrow(() -> versionNotFound(name, version)), version));
    }

    /** Deletes a version and the aliases that point at it. */
    public void deleteVersion(String name, long version, ChangeContext change) {
        transactions.runInTransaction(name, (tx, policy) -> {
            ModelRow model = requireLockedModel(tx, name, version);
            ModelVersion before = tx.requireVersion(model, version);
            String operation = "Version " + version + " of model '" + name + "' cannot be deleted";
            GuardedNames.requireUnprotected(policy, model, targetsOf(before), operation);
            GuardedNames names = GuardedNames.capture(tx, policy, model);
            tx.deleteVersion(model, version);
            names.verify(Optional.of(model), operation, Optional.empty(), false);
            tx.touchModel(model, change.timestamp());
            audit(
                    tx,
                    change,
                    "version.delete",
                    AuditSubjects.version(name, version),
                    name,
                    AuditContent.of(before),
                    null);
        });
    }

    /** Returns the aliases and the stage, unless it is None, of a version. */
    private static List<GateTarget> targetsOf(ModelVersion version) {
        List<GateTarget> targets = new ArrayList<>(
                version.aliases().stream().map(GateTarget::alias).toList());
        if (!version.currentStage().equals(Stage.NONE.wireName())) {
            targets.add(GateTarget.stage(Stage.parse(version.currentStage())));
        }
        return targets;
    }

    /** Throws with PERMISSION_DENIED if a gate freezes a tag of a version while an alias or stage points at the version. */
    private static void requireUnfrozenTag(RegistryTransaction tx, ModelRow model, ModelVersion version, String key) {
        long number = Long.parseLong(version.version());
        List<RunFreeze.Holder> holders = targetsOf(version).stream()
                .filter(target -> tx.findHolder(model, target) == number)
                .map(target -> new RunFreeze.Holder(model.name(), target, number))
                .toList();
        if (!holders.isEmpty()) {
            RunFreeze.findVersionTagRefusal(tx.listGates(), holders, key).ifPresent(message -> {
                throw new KirokuException(ErrorCode.PERMISSION_DENIED, message);
            });
        }
    }

    /** Adds or replaces a tag of a version. */
    public void setVersionTag(String name, long version, KeyValue tag, ChangeContext change) {
        changeVersion(name, version, (tx, model, before) -> {
            requireUnfrozenTag(tx, model, before, tag.key());
            tx.putVersionTag(model, version, tag);
            audit(
                    tx,
                    change,
                    "version.tag.set",
                    AuditSubjects.version(name, version),
                    name,
                    field(tag.key(), findTag(before, tag.key())),
                    field(tag.key(), tag.value()));
            tx.emit(WebhookMessage.versionTagSet(tx.isPrompt(model), name, before.version(), tag), change.timestamp());
        });
    }

    /** Deletes a tag of a version, if it has it. */
    public void deleteVersionTag(String name, long version, String key, ChangeContext change) {
        changeVersion(name, version, (tx, model, before) -> {
            String value = findTag(before, key);
            if (value != null) {
                requireUnfrozenTag(tx, model, before, key);
                tx.deleteVersionTag(model, version, key);
                audit(
                        tx,
                        change,
                        "version.tag.delete",
                        AuditSubjects.version(name, version),
                        name,
                        field(key, value),
                        null);
            }
            tx.emit(
                    WebhookMessage.versionTagDeleted(tx.isPrompt(model), name, before.version(), key),
                    change.timestamp());
        });
    }

    private interface VersionChange {
        void apply(RegistryTransaction tx, ModelRow model, ModelVersion before);
    }

    /** Returns the version as it is after the change. */
    private ModelVersion changeVersion(String name, long version, VersionChange change) {
        return registry.inTransaction(name, tx -> {
            ModelRow model = requireLockedModel(tx, name, version);
            change.apply(tx, model, tx.requireVersion(model, version));
            return tx.requireVersion(model, version);
        });
    }

    /** Returns the locked model of a version; the exception if there is none names the version, as in MLflow. */
    private static ModelRow requireLockedModel(RegistryTransaction tx, String name, long version) {
        return tx.lockModel(name).orElseThrow(() -> versionNotFound(name, version));
    }

    private static void audit(
            RegistryTransaction tx,
            ChangeContext change,
            String action,
            String subject,
            String model,
            @Nullable Object before,
            @Nullable Object after) {
        tx.appendAudit(AuditEvent.of(change, action, subject, model, before, after));
    }

    /** Returns one field for the audit log, or null if it has no value. */
    private static @Nullable Map<String, String> field(String name, @Nullable String value) {
        return value == null ? null : Map.of(name, value);
    }

    private static @Nullable String findTag(ModelVersion version, String key) {
        return version.tags().stream()
                .filter(tag -> tag.key().equals(key))
                .map(KeyValue::value)
                .findFirst()
                .orElse(null);
    }
}
