package dev.kiroku.stores.registry;

import static dev.kiroku.stores.registry.UncheckedSqlException.unchecked;

import dev.kiroku.core.registry.store.ApprovalRequestRow;
import dev.kiroku.core.registry.store.ApprovalVote;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.registry.store.VoterAccount;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.users.SqlAccessStore;
import dev.kiroku.stores.users.SqlUserStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The reads of core within one transaction of the database. */
class SqlRegistrySnapshot implements RegistrySnapshot {
    private final Transaction tx;
    private final VersionFactsReader factsReader;

    SqlRegistrySnapshot(Transaction tx, VersionFactsReader factsReader) {
        this.tx = tx;
        this.factsReader = factsReader;
    }

    @Override
    public Optional<ModelRow> findModel(String name) {
        return unchecked(() -> ModelTable.find(tx, name));
    }

    @Override
    public Optional<ModelRow> findModel(long modelKey) {
        return unchecked(() -> ModelTable.find(tx, modelKey));
    }

    @Override
    public RegisteredModel loadModel(ModelRow model) {
        return unchecked(() -> ModelTable.load(tx, List.of(model))).getFirst();
    }

    @Override
    public Optional<String> findModelTag(ModelRow model, String key) {
        return unchecked(() -> ModelTable.findTag(tx, model, key));
    }

    @Override
    public Optional<ModelVersion> findVersion(ModelRow model, long version) {
        return unchecked(() -> VersionTable.find(tx, model, version));
    }

    @Override
    public boolean hasVersion(ModelRow model, long version) {
        return unchecked(() -> VersionTable.exists(tx, model, version));
    }

    @Override
    public List<Long> listOthersInStage(ModelRow model, long version, Stage stage) {
        return unchecked(() -> VersionTable.listOthersInStage(tx, model, version, stage));
    }

    @Override
    public long findHolder(ModelRow model, GateTarget target) {
        return target.isAlias()
                ? unchecked(() -> AliasTable.findVersion(tx, model, target.name()))
                : unchecked(() -> VersionTable.findNewest(tx, model, Stage.parse(target.name())));
    }

    @Override
    public List<GateTarget> listTargets(ModelRow model) {
        List<GateTarget> targets = new ArrayList<>();
        unchecked(() -> AliasTable.list(tx, model)).forEach(alias -> targets.add(GateTarget.alias(alias)));
        unchecked(() -> VersionTable.listStages(tx, model)).forEach(stage -> targets.add(GateTarget.stage(stage)));
        return targets;
    }

    @Override
    public Optional<LastHolder> findLastHolder(String modelName, GateTarget target) {
        return unchecked(() -> LastHolderTable.find(tx, modelName, target));
    }

    @Override
    public VersionFacts getFacts(ModelRow model, long version) {
        ModelVersion read = requireVersion(model, version);
        return unchecked(() -> factsReader.read(tx, model, read));
    }

    @Override
    public List<Gate> listGates() {
        return unchecked(() -> GateTable.list(tx));
    }

    @Override
    public Optional<ApprovalRequestRow> findRequest(long id) {
        return unchecked(() -> ApprovalTable.find(tx, id));
    }

    @Override
    public List<ApprovalRequestRow> listOpenRequests(ModelRow model, GateTarget target) {
        return unchecked(() -> ApprovalTable.listOpen(tx, model, target));
    }

    @Override
    public List<ApprovalRequestRow> listOpenRequests(ApprovalApi.SearchApprovalsRequest filter) {
        return unchecked(() -> ApprovalTable.listOpen(tx, filter));
    }

    @Override
    public Page<ApprovalRequestRow> searchRequests(
            ApprovalApi.SearchApprovalsRequest query, VisibleModels visible, int maxResults) {
        return unchecked(() -> ApprovalTable.search(tx, query, visible, maxResults));
    }

    @Override
    public Optional<VoterAccount> findAccount(String userName) {
        return unchecked(() -> SqlUserStore.findAccount(tx, userName))
                .filter(account -> !account.disabled())
                .map(account -> new VoterAccount(account.key(), Set.copyOf(account.groups())));
    }

    @Override
    public Set<String> listRoles(String userName, Set<String> groups) {
        return unchecked(() -> SqlAccessStore.listRoleNames(tx, userName, groups));
    }

    @Override
    public List<ApprovalVote> listVotes(long requestId) {
        return unchecked(() -> ApprovalTable.listVotes(tx, requestId));
    }
}
