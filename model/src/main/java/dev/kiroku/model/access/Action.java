package dev.kiroku.model.access;

/** What an operation does to a resource; the actions that permissions allow or deny. */
public enum Action {
    /** Reads the resource, or finds it in a search. */
    READ,
    /** Refers to the resource or triggers it without changing it: points an alias at a version, votes on a request, tests a webhook. */
    USE,
    /** Adds a resource. */
    CREATE,
    /** Changes the resource. */
    UPDATE,
    /** Deletes or restores the resource, or removes a part of it where MLflow requires the permission to delete. */
    DELETE,
    /** Administers resources of the kind. */
    MANAGE
}
