package dev.kiroku.model.access;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The types of resources that operations touch and permissions are granted on. The methods name the resource by fields of the request, see
 * {@link ResourceAccess}.
 *
 * <p>A type has a wire name, by which grants refer to it, unless permissions on it cannot be granted. Those follow from another resource: an
 * artifact's from its run, an approval request's from its model. A type with a container is a part of it: a grant on {@code run} names
 * experiments, and holds for their runs.
 */
public enum ResourceType {
    EXPERIMENT("experiment"),
    RUN("run", EXPERIMENT),
    TRACE("trace", EXPERIMENT),
    ASSESSMENT("assessment", EXPERIMENT),
    LOGGED_MODEL("logged_model", EXPERIMENT),
    REVIEW_QUEUE("review_queue", EXPERIMENT),
    /** Identified by {@code experiment ID/name}. */
    SCORER("scorer"),
    SCORER_VERSION("scorer_version", SCORER),
    /** A file or folder of the proxied artifact store; identified by its path. */
    ARTIFACT(),
    /** A folder of artifacts in any store; identified by its URI. */
    ARTIFACT_LOCATION(),
    REGISTERED_MODEL("registered_model"),
    /** Identified by the model's name, and by a version or an alias where the operation is about a single version. */
    MODEL_VERSION("registered_model_version", REGISTERED_MODEL),
    /** A registered model that is a prompt. */
    PROMPT("prompt"),
    PROMPT_VERSION("prompt_version", PROMPT),
    GATEWAY_SECRET("gateway_secret"),
    GATEWAY_ENDPOINT("gateway_endpoint"),
    GATEWAY_MODEL_DEFINITION("gateway_model_definition"),
    MCP_SERVER("mcp_server"),
    MCP_SERVER_VERSION("mcp_server_version", MCP_SERVER),
    /** All resources of the server; whoever may manage it may manage each of them, but not users' passwords. */
    WORKSPACE("workspace"),
    GATE("gate"),
    APPROVAL_REQUEST(),
    AUDIT_LOG(),
    WEBHOOK("webhook"),
    WEBHOOK_DELIVERY(),
    REPORT("report"),
    /** A queue of training jobs. */
    QUEUE("queue"),
    /** Users, their groups, roles and tokens, and grants. Who may change what depends on the request, so the operations check it. */
    USER(),
    /** The server itself: its pages, its state, and what only administrators may do. */
    SERVER("server");

    private final @Nullable String wireName;
    private final @Nullable ResourceType container;

    ResourceType() {
        this(null, null);
    }

    ResourceType(String wireName) {
        this(wireName, null);
    }

    ResourceType(@Nullable String wireName, @Nullable ResourceType container) {
        this.wireName = wireName;
        this.container = container;
    }

    /** Returns the grantable type of a wire name, as MLflow spells it where MLflow has the type; empty if there is none. */
    public static Optional<ResourceType> findByWireName(String name) {
        return Arrays.stream(values()).filter(t -> name.equals(t.wireName)).findFirst();
    }

    /** Returns the name of the type in grants; null if permissions on resources of the type cannot be granted. */
    public @Nullable String wireName() {
        return wireName;
    }

    /** Returns the type of the resources that contain resources of this type and that its grants name; null for none. */
    public @Nullable ResourceType container() {
        return container;
    }

    /** Returns whether permissions on resources of the type can be granted. */
    public boolean isGrantable() {
        return wireName != null;
    }

    /** Returns the access of an operation that reads the resource. */
    public ResourceAccess read(String... fields) {
        return new ResourceAccess(this, Action.READ, List.of(fields));
    }

    /** Returns the access of a search among resources that the request names, which leaves out what the caller may not read. */
    public ResourceAccess search(String... fields) {
        return new ResourceAccess(this, Action.READ, List.of(fields), ResourceAccess.Rule.FILTERED);
    }

    /** Returns the access of an operation that looks for a resource: what the caller may not read does not exist. */
    public ResourceAccess find(String... fields) {
        return new ResourceAccess(this, Action.READ, List.of(fields), ResourceAccess.Rule.HIDDEN_IS_ABSENT);
    }

    /** Returns the access of an operation that refers to the resource or triggers it without changing it. */
    public ResourceAccess use(String... fields) {
        return new ResourceAccess(this, Action.USE, List.of(fields));
    }

    /** Returns the access of an operation that adds a resource; {@code fields} hold its new name, if the request chooses one. */
    public ResourceAccess create(String... fields) {
        return new ResourceAccess(this, Action.CREATE, List.of(fields));
    }

    /** Returns the access of an operation that changes the resource. */
    public ResourceAccess update(String... fields) {
        return new ResourceAccess(this, Action.UPDATE, List.of(fields));
    }

    /** Returns the access of an operation that deletes or restores the resource. */
    public ResourceAccess delete(String... fields) {
        return new ResourceAccess(this, Action.DELETE, List.of(fields));
    }

    /** Returns the access of an operation that administers resources of the type. */
    public ResourceAccess manage(String... fields) {
        return new ResourceAccess(this, Action.MANAGE, List.of(fields));
    }
}
