package dev.kiroku.core.registry;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.store.ApprovalRequestRow;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewApprovalRequest;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.RegistryTransactions;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.registry.store.VoterAccount;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.ModelVersionStatus;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A registry in memory, for tests of the rules without a database. A transaction works on a copy that replaces the
 * state when it succeeds.
 */
public final class InMemoryRegistry implements RegistryTransactions {
    private record Version(
            long number,
            Stage stage,
            NewVersion content,
            String description,
            Map<String, String> tags,
            long created,
            long updated) {}

    private static final class Tables {
        long lastModel;
        long lastRequest;
        final Map<Long, ModelRow> models = new TreeMap<>();
        final Map<Long, Long> lastVersions = new HashMap<>();
        final Map<Long, TreeMap<String, String>> modelTags = new HashMap<>();
        final Map<Long, TreeMap<Long, Version>> versions = new HashMap<>();
        final Map<Long, TreeMap<String, Long>> aliases = new HashMap<>();
        final Map<List<Object>, LastHolder> lastHolders = new HashMap<>();
        final Map<String, Gate> gates = new TreeMap<>();
        final Map<Long, ApprovalRequestRow> requests = new TreeMap<>();
        final Map<Long, List<ApprovalVote>> votes = new HashMap<>();
        final List<AuditEvent> audit = new ArrayList<>();
        final List<WebhookMessage> messages = new ArrayList<>();

        Tables copy() {
            Tables copy = new Tables();
            copy.lastModel = lastModel;
            copy.lastRequest = lastRequest;
            copy.models.putAll(models);
            copy.lastVersions.putAll(lastVersions);
            modelTags.forEach((key, tags) -> copy.modelTags.put(key, new TreeMap<>(tags)));
            versions.forEach((key, all) -> copy.versions.put(key, new TreeMap<>(all)));
            aliases.forEach((key, all) -> copy.aliases.put(key, new TreeMap<>(all)));
            copy.lastHolders.putAll(lastHolders);
            copy.gates.putAll(gates);
            copy.requests.putAll(requests);
            votes.forEach((id, all) -> copy.votes.put(id, new ArrayList<>(all)));
            copy.audit.addAll(audit);
            copy.messages.addAll(messages);
            return copy;
        }
    }

    private final Map<String, Map<String, Double>> metricsOfRuns = new HashMap<>();
    private final Map<String, VersionFacts> factsOfRuns = new HashMap<>();
    private final Map<String, VoterAccount> accounts = new HashMap<>();
    private final Map<String, Set<String>> roles = new HashMap<>();
    private Tables tables = new Tables();

    /** Logs a metric to a run, which need not exist. */
    public void logMetric(String runId, String key, double value) {
        metricsOfRuns.computeIfAbsent(runId, id -> new HashMap<>()).put(key, value);
    }

    /**
     * Adds or replaces a role.
     *
     * @param holders such as {@code user:ann} and {@code group:leads}
     */
    public void putRole(String name, Set<String> holders) {
        roles.put(name, holders);
    }

    /** Has the versions of a run evaluated by these facts, apart from their number. */
    public void putFacts(String runId, VersionFacts facts) {
        factsOfRuns.put(runId, facts);
    }

    /** Adds or replaces the account of a user. */
    public void putAccount(String name, VoterAccount account) {
        accounts.put(name, account);
    }

    /** Removes the account of a user. */
    public void removeAccount(String name) {
        accounts.remove(name);
    }

    /** Returns the actions of all audit log entries, in order. */
    public List<String> auditActions() {
        return tables.audit.stream().map(AuditEvent::action).toList();
    }

    /** Returns the events of all webhook messages, in order. */
    public List<String> events() {
        return tables.messages.stream().map(WebhookMessage::event).toList();
    }

    @Override
    public <T> T inSnapshot(Function<RegistrySnapshot, T> work) {
        return work.apply(new Work(tables));
    }

    @Override
    public synchronized <T> T inTransaction(String subject, Function<RegistryTransaction, T> work) {
        Tables copy = tables.copy();
        T result = work.apply(new Work(copy));
        tables = copy;
        return result;
    }

    private final class Work implements RegistryTransaction {
        private final Tables tables;

        Work(Tables tables) {
            this.tables = tables;
        }

        @Override
        public Optional<ModelRow> findModel(String name) {
            return tables.models.values().stream()
                    .filter(model -> model.name().equals(name))
                    .findFirst();
        }

        @Override
        public Optional<ModelRow> findModel(long modelKey) {
            return Optional.ofNullable(tables.models.get(modelKey));
        }

        @Override
        public Optional<ModelRow> lockModel(String name) {
            return findModel(name);
        }

        @Override
        public Optional<ModelRow> lockModel(long modelKey) {
            return findModel(modelKey);
        }

        @Override
        public RegisteredModel loadModel(ModelRow model) {
            Map<Stage, ModelVersion> latest = new TreeMap<>();
            versions(model).values().forEach(version -> latest.put(version.stage(), toModelVersion(model, version)));
            return new RegisteredModel(
                    model.name(),
                    model.creationTime(),
                    model.lastUpdateTime(),
                    null,
                    model.description(),
                    List.copyOf(latest.values()),
                    keyValues(tags(model)),
                    aliases(model).entrySet().stream()
                            .map(alias -> new RegisteredModel.Alias(
                                    alias.getKey(), alias.getValue().toString()))
                            .toList(),
                    null);
        }

        private ModelVersion toModelVersion(ModelRow model, Version version) {
            return new ModelVersion(
                    model.name(),
                    Long.toString(version.number()),
                    version.created(),
                    version.updated(),
                    null,
                    version.stage().wireName(),
                    Objects.requireNonNullElse(version.description(), ""),
                    version.content().source(),
                    Objects.requireNonNullElse(version.content().runId(), ""),
                    ModelVersionStatus.READY,
                    null,
                    keyValues(version.tags()),
                    "",
                    aliases(model).entrySet().stream()
                            .filter(alias -> alias.getValue() == version.number())
                            .map(Map.Entry::getKey)
                            .toList(),
                    null,
                    List.of(),
                    List.of());
        }

        private List<KeyValue> keyValues(Map<String, String> tags) {
            return tags.entrySet().stream()
                    .map(tag -> new KeyValue(tag.getKey(), tag.getValue()))
                    .toList();
        }

        private TreeMap<Long, Version> versions(ModelRow model) {
            return tables.versions.computeIfAbsent(model.key(), key -> new TreeMap<>());
        }

        private TreeMap<String, String> tags(ModelRow model) {
            return tables.modelTags.computeIfAbsent(model.key(), key -> new TreeMap<>());
        }

        private TreeMap<String, Long> aliases(ModelRow model) {
            return tables.aliases.computeIfAbsent(model.key(), key -> new TreeMap<>());
        }

        @Override
        public Optional<String> findModelTag(ModelRow model, String key) {
            return Optional.ofNullable(tags(model).get(key));
        }

        @Override
        public Optional<ModelVersion> findVersion(ModelRow model, long version) {
            return Optional.ofNullable(versions(model).get(version)).map(found -> toModelVersion(model, found));
        }

        @Override
        public boolean hasVersion(ModelRow model, long version) {
            return versions(model).containsKey(version);
        }

        @Override
        public List<Long> listOthersInStage(ModelRow model, long version, Stage stage) {
            return versions(model).values().stream()
                    .filter(other -> other.stage() == stage && other.number() != version)
                    .map(Version::number)
                    .toList();
        }

        @Override
        public long findHolder(ModelRow model, GateTarget target) {
            return target.isAlias()
                    ? aliases(model).getOrDefault(target.name(), 0L)
                    : versions(model).descendingMap().values().stream()
                            .filter(version -> version.stage().wireName().equals(target.name()))
                            .map(Version::number)
                            .findFirst()
                            .orElse(0L);
        }

        @Override
        public List<GateTarget> listTargets(ModelRow model) {
            List<GateTarget> targets = new ArrayList<>(
                    aliases(model).keySet().stream().map(GateTarget::alias).toList());
            versions(model).values().stream()
                    .map(Version::stage)
                    .filter(stage -> stage != Stage.NONE)
                    .distinct()
                    .forEach(stage -> targets.add(GateTarget.stage(stage)));
            return targets;
        }

        @Override
        public VersionFacts getFacts(ModelRow model, long number) {
            Version version = Objects.requireNonNull(versions(model).get(number));
            String runId = version.content().runId();
            VersionFacts fixed = factsOfRuns.get(runId);
            if (fixed != null) {
                return new VersionFacts(
                        number,
                        fixed.runId(),
                        fixed.metrics(),
                        fixed.params(),
                        fixed.tags(),
                        fixed.versionTags(),
                        fixed.description(),
                        fixed.mlmodel(),
                        fixed.unrelatedRunId());
            }
            return new VersionFacts(
                    number,
                    runId,
                    Map.copyOf(metricsOfRuns.getOrDefault(runId, Map.of())),
                    Map.of(),
                    Map.of(),
                    Map.copyOf(version.tags()),
                    version.description(),
                    version.content().mlmodel(),
                    null);
        }

        @Override
        public Optional<LastHolder> findLastHolder(String modelName, GateTarget target) {
            return Optional.ofNullable(tables.lastHolders.get(List.of(modelName, target)));
        }

        @Override
        public void putLastHolder(String modelName, GateTarget target, LastHolder holder) {
            tables.lastHolders.put(List.of(modelName, target), holder);
        }

        @Override
        public List<Gate> listGates() {
            return List.copyOf(tables.gates.values());
        }

        @Override
        public Optional<ApprovalRequestRow> findRequest(long id) {
            return Optional.ofNullable(tables.requests.get(id));
        }

        @Override
        public List<ApprovalRequestRow> listOpenRequests(ModelRow model, GateTarget target) {
            return tables.requests.values().stream()
                    .filter(row -> row.state() == State.OPEN
                            && row.modelKey() == model.key()
                            && row.assignment().target().equals(target))
                    .toList();
        }

        @Override
        public List<ApprovalRequestRow> listOpenRequests(ApprovalApi.SearchApprovalsRequest filter) {
            return tables.requests.values().stream()
                    .filter(row -> row.state() == State.OPEN && matches(row, filter))
                    .toList();
        }

        private boolean matches(ApprovalRequestRow row, ApprovalApi.SearchApprovalsRequest filter) {
            return (filter.name() == null || filter.name().equals(row.model()))
                    && (filter.requester() == null || filter.requester().equals(row.requester()));
        }

        @Override
        public Page<ApprovalRequestRow> searchRequests(
                ApprovalApi.SearchApprovalsRequest query, VisibleModels visible, int maxResults) {
            List<ApprovalRequestRow> found = tables.requests.values().stream()
                    .filter(row -> visible.contains(row.model(), false))
                    .filter(row -> matches(row, query) && (query.state() == null || query.state() == row.state()))
                    .toList()
                    .reversed();
            return new Page<>(found.subList(0, Math.min(maxResults, found.size())), null);
        }

        @Override
        public Optional<VoterAccount> findAccount(String userName) {
            return Optional.ofNullable(accounts.get(userName));
        }

        @Override
        public Set<String> listRoles(String userName, Set<String> groups) {
            return roles.entrySet().stream()
                    .filter(role -> role.getValue().contains("user:" + userName)
                            || groups.stream().anyMatch(group -> role.getValue().contains("group:" + group)))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
        }

        @Override
        public List<ApprovalVote> listVotes(long requestId) {
            return List.copyOf(tables.votes.getOrDefault(requestId, List.of()));
        }

        @Override
        public void insertModel(String name, String description, long time) {
            long key = ++tables.lastModel;
            tables.models.put(key, new ModelRow(key, name, description, time, time));
        }

        @Override
        public void grantToCreator(ModelRow model, ChangeContext change) {} // keeps no grants

        @Override
        public void renameModel(ModelRow model, String newName, long time) {
            tables.models.put(
                    model.key(), new ModelRow(model.key(), newName, model.description(), model.creationTime(), time));
            tables.requests.replaceAll((id, row) -> row.modelKey() == model.key() ? withModel(row, newName) : row);
        }

        private ApprovalRequestRow withModel(ApprovalRequestRow row, String name) {
            return new ApprovalRequestRow(
                    row.id(),
                    row.modelKey(),
                    name,
                    row.assignment(),
                    row.requester(),
                    row.comment(),
                    row.createdAt(),
                    row.expiresAt(),
                    row.holder(),
                    row.evidence(),
                    row.state(),
                    row.reason(),
                    row.closedAt());
        }

        @Override
        public void updateModelDescription(ModelRow model, String description, long time) {
            tables.models.put(
                    model.key(), new ModelRow(model.key(), model.name(), description, model.creationTime(), time));
        }

        @Override
        public void touchModel(ModelRow model, long time) {
            updateModelDescription(model, model.description(), time);
        }

        @Override
        public void deleteModel(ModelRow model) {
            tables.models.remove(model.key());
            tables.versions.remove(model.key());
            tables.aliases.remove(model.key());
            tables.modelTags.remove(model.key());
        }

        @Override
        public void putModelTag(ModelRow model, KeyValue tag) {
            tags(model).put(tag.key(), tag.value());
        }

        @Override
        public void deleteModelTag(ModelRow model, String key) {
            tags(model).remove(key);
        }

        @Override
        public long insertVersion(ModelRow model, NewVersion version, long time) {
            long number = tables.lastVersions.merge(model.key(), 1L, Long::sum);
            Map<String, String> tags = new TreeMap<>();
            version.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
            versions(model)
                    .put(number, new Version(number, Stage.NONE, version, version.description(), tags, time, time));
            return number;
        }

        private void update(ModelRow model, long version, Function<Version, Version> change) {
            versions(model).computeIfPresent(version, (number, before) -> change.apply(before));
        }

        @Override
        public void updateVersionDescription(ModelRow model, long version, String description, long time) {
            update(
                    model,
                    version,
                    v -> new Version(v.number, v.stage, v.content, description, v.tags, v.created, time));
        }

        @Override
        public void updateVersionStage(ModelRow model, long version, Stage stage, long time) {
            update(
                    model,
                    version,
                    v -> new Version(v.number, stage, v.content, v.description, v.tags, v.created, time));
        }

        @Override
        public void putVersionTag(ModelRow model, long version, KeyValue tag) {
            update(model, version, v -> {
                Map<String, String> tags = new TreeMap<>(v.tags);
                tags.put(tag.key(), tag.value());
                return new Version(v.number, v.stage, v.content, v.description, tags, v.created, v.updated);
            });
        }

        @Override
        public void deleteVersionTag(ModelRow model, long version, String key) {
            update(model, version, v -> {
                Map<String, String> tags = new TreeMap<>(v.tags);
                tags.remove(key);
                return new Version(v.number, v.stage, v.content, v.description, tags, v.created, v.updated);
            });
        }

        @Override
        public void deleteVersion(ModelRow model, long version) {
            versions(model).remove(version);
            aliases(model).values().removeIf(holder -> holder == version);
        }

        @Override
        public void putAlias(ModelRow model, String alias, long version) {
            aliases(model).put(alias, version);
        }

        @Override
        public void deleteAlias(ModelRow model, String alias) {
            aliases(model).remove(alias);
        }

        @Override
        public void watchRun(ModelRow model, long version) {} // runs are not part of it

        @Override
        public void watchAssignedRuns() {}

        @Override
        public void lockGates() {}

        @Override
        public void insertGate(Gate gate) {
            tables.gates.put(gate.name(), gate);
        }

        @Override
        public void deleteGate(String name) {
            tables.gates.remove(name);
        }

        @Override
        public long insertRequest(ModelRow model, NewApprovalRequest request) {
            long id = ++tables.lastRequest;
            tables.requests.put(
                    id,
                    new ApprovalRequestRow(
                            id,
                            model.key(),
                            model.name(),
                            request.assignment(),
                            request.requester(),
                            request.comment(),
                            request.createdAt(),
                            request.expiresAt(),
                            request.holder(),
                            request.evidence(),
                            State.OPEN,
                            null,
                            null));
            return id;
        }

        @Override
        public void closeRequest(long id, State state, String reason, long time) {
            tables.requests.computeIfPresent(
                    id,
                    (key, row) -> new ApprovalRequestRow(
                            row.id(),
                            row.modelKey(),
                            row.model(),
                            row.assignment(),
                            row.requester(),
                            row.comment(),
                            row.createdAt(),
                            row.expiresAt(),
                            row.holder(),
                            row.evidence(),
                            state,
                            reason,
                            time));
        }

        @Override
        public void addVote(long requestId, ApprovalVote vote) {
            tables.votes.computeIfAbsent(requestId, id -> new ArrayList<>()).add(vote);
        }

        @Override
        public void appendAudit(AuditEvent event) {
            tables.audit.add(event);
        }

        @Override
        public void emit(WebhookMessage message, long time) {
            tables.messages.add(message);
        }
    }
}
