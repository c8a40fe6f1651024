package dev.kiroku.model.access;

import java.util.List;
import java.util.stream.Stream;

/**
 * A resource that an operation touches: its type, what the operation does to it, and which fields of the request identify it. Created by the
 * methods of {@link ResourceType}, for example {@code RUN.update("run_id")}.
 *
 * @param fields the wire names of the request's fields, path variables or query parameters that hold the resource's ID or name. Several
 *     fields identify it together ({@code name} and {@code version} of a model version). A field of a nested record is written with a dot
 *     ({@code metrics.model_id}); a list names one resource per item; an absent value names none. Empty if the operation is about all
 *     resources of the type, such as a search, or if the server chooses the ID of a new resource
 * @param rule how it is decided on
 */
public record ResourceAccess(ResourceType type, Action action, List<String> fields, Rule rule) {
    /** How the access is decided on. */
    public enum Rule {
        /** The caller needs the permission. */
        REQUIRED,
        /** The operation leaves out what the caller may not read. */
        FILTERED,
        /** What the caller may not read is answered as what does not exist. */
        HIDDEN_IS_ABSENT,
        /** The last field holds the key of a tag. The tag that makes a model a prompt, and so decides which grants count, needs MANAGE. */
        TAG
    }

    public ResourceAccess {
        fields = List.copyOf(fields);
    }

    /** Creates an access that needs the permission. */
    public ResourceAccess(ResourceType type, Action action, List<String> fields) {
        this(type, action, fields, Rule.REQUIRED);
    }

    /** Returns this access by an operation that changes a tag of the resource. */
    public ResourceAccess withTag(String keyField) {
        return new ResourceAccess(
                type,
                action,
                Stream.concat(fields.stream(), Stream.of(keyField)).toList(),
                Rule.TAG);
    }

    /** Returns whether only administrators have this access. */
    public boolean isAdministrative() {
        return type == ResourceType.SERVER && action == Action.MANAGE;
    }

    /**
     * Returns an immutable copy of {@code resources}.
     *
     * @param path the path of the operation, for the message
     * @throws IllegalArgumentException if {@code resources} is empty
     */
    public static List<ResourceAccess> requireAny(List<ResourceAccess> resources, String path) {
        if (resources.isEmpty()) {
            throw new IllegalArgumentException("The operation at " + path + " names no resource.");
        }
        return List.copyOf(resources);
    }
}
