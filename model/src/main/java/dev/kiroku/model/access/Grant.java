package dev.kiroku.model.access;

/** A permission on all resources of a type that a pattern matches. */
public record Grant(ResourceType type, ResourcePattern pattern, PermissionLevel level) {
    /** Returns the resources that the grant is on. */
    public ResourceSelector resources() {
        return new ResourceSelector(type, pattern);
    }
}
