package dev.kiroku.model.access;

import org.jspecify.annotations.Nullable;

/**
 * A grant of a user, with why the user holds it.
 *
 * @param holder the user, or the group of the user that has the grant or is assigned to the role
 * @param role the role that has the grant; null if the holder has it
 */
public record HeldGrant(
        Grant grant, Principal holder, @Nullable String role) {
    /** Creates a grant that a user or a group has. */
    public HeldGrant(Grant grant, Principal holder) {
        this(grant, holder, null);
    }
}
