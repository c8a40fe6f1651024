package dev.kiroku.model.api;

import java.util.List;

/** The types of resources that operations touch. The methods name the resource by fields of the request, see {@link ResourceAccess}. */
public enum ResourceType {
    EXPERIMENT,
    RUN,
    LOGGED_MODEL,
    /** A file or folder of the proxied artifact store, or an artifact location; identified by its path or URI. */
    ARTIFACT,
    REGISTERED_MODEL,
    /** Identified by the model's name, and by a version or an alias where the operation is about a single version. */
    MODEL_VERSION,
    GATE,
    APPROVAL_REQUEST,
    AUDIT_LOG,
    WEBHOOK,
    WEBHOOK_DELIVERY,
    REPORT,
    USER,
    /** The server itself: its pages, its state, and what only administrators may do. */
    SERVER;

    /** Returns the access of an operation that reads the resource. */
    public ResourceAccess read(String... fields) {
        return new ResourceAccess(this, Action.READ, List.of(fields));
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
