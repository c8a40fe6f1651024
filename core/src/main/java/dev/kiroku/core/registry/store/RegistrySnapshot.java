package dev.kiroku.core.registry.store;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A consistent view of the registry: all methods see the same state of the database. */
public interface RegistrySnapshot {
    Optional<ModelRow> findModel(String name);

    /** @param modelKey see {@link ModelRow#key()} */
    Optional<ModelRow> findModel(long modelKey);

    /** Returns the model with its latest versions, tags and aliases. */
    RegisteredModel loadModel(ModelRow model);

    Optional<String> findModelTag(ModelRow model, String key);

    /** Returns whether the model is a prompt, which MLflow keeps as a model with a tag. */
    default boolean isPrompt(ModelRow model) {
        return findModelTag(model, WebhookMessage.PROMPT_TAG)
                .filter(value -> value.equalsIgnoreCase("true"))
                .isPresent();
    }

    Optional<ModelVersion> findVersion(ModelRow model, long version);

    /** As {@link #findVersion}, without reading tags and aliases. */
    boolean hasVersion(ModelRow model, long version);

    /** Returns the numbers of all versions in a stage, except {@code version}, in ascending order. */
    List<Long> listOthersInStage(ModelRow model, long version, Stage stage);

    /**
     * Returns the version that a target points at: that of the alias, or the newest in the stage; 0 if there is none.
     */
    long findHolder(ModelRow model, GateTarget target);

    /** Returns the aliases of the model, and the stages other than None that have a version. */
    List<GateTarget> listTargets(ModelRow model);

    /**
     * Returns the version that a target of a model of this name pointed at when it last ceased to point at one, if a
     * gate protected it then.
     */
    Optional<LastHolder> findLastHolder(String modelName, GateTarget target);

    /** Returns what gates evaluate of an existing version. */
    VersionFacts getFacts(ModelRow model, long version);

    /** Returns all gates, ordered by name. */
    List<Gate> listGates();

    Optional<ApprovalRequestRow> findRequest(long id);

    /** Returns the open requests for one target, the oldest first. */
    List<ApprovalRequestRow> listOpenRequests(ModelRow model, GateTarget target);

    /**
     * Returns the open requests, the oldest first.
     *
     * @param filter of which only the model's name and the requester are used
     */
    List<ApprovalRequestRow> listOpenRequests(ApprovalApi.SearchApprovalsRequest filter);

    /**
     * Returns a page of requests, the newest first.
     *
     * @param visible the models whose requests to search
     */
    Page<ApprovalRequestRow> searchRequests(
            ApprovalApi.SearchApprovalsRequest query, VisibleModels visible, int maxResults);

    /** Returns the votes and comments on a request, the oldest first. */
    List<ApprovalVote> listVotes(long requestId);

    /** Returns the account of a user. */
    Optional<VoterAccount> findAccount(String userName);

    /**
     * Returns the names of the roles that a user or one of the groups is assigned to.
     *
     * @param groups of the user, those that a proxy or an OpenID provider has named included
     */
    Set<String> listRoles(String userName, Set<String> groups);

    /** Returns a model; throws {@link KirokuException} with RESOURCE_DOES_NOT_EXIST if there is none of that name. */
    default ModelRow requireModel(String name) {
        return findModel(name).orElseThrow(() -> modelNotFound(name));
    }

    /**
     * Returns a version; throws {@link KirokuException} with RESOURCE_DOES_NOT_EXIST if there is none of that number.
     */
    default ModelVersion requireVersion(ModelRow model, long version) {
        return findVersion(model, version).orElseThrow(() -> versionNotFound(model.name(), version));
    }

    /** Returns a request; throws {@link KirokuException} with RESOURCE_DOES_NOT_EXIST if there is none with that id. */
    default ApprovalRequestRow requireRequest(long id) {
        return findRequest(id).orElseThrow(() -> notFound("There is no approval request %d.", id));
    }

    /** Returns the exception for a registered model that does not exist, with MLflow's message. */
    static KirokuException modelNotFound(String name) {
        return notFound("Registered Model with name=%s not found", name);
    }

    /** Returns the exception for a model version that does not exist, with MLflow's message. */
    static KirokuException versionNotFound(String name, long version) {
        return notFound("Model Version (name=%s, version=%d) not found", name, version);
    }
}
