package dev.kiroku.core.users;

import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An authenticated user.
 *
 * @param groups all groups of the user
 * @param grants what the user may do, without the default permission of the server and without the restrictions of the token
 * @param scope the restrictions of the token that the user signed in with
 * @param session the ID of the session; null for other ways to sign in
 */
public record Identity(
        String name,
        Set<String> groups,
        EffectiveGrants grants,
        TokenScope scope,
        @Nullable String session) {
    public Identity {
        groups = Set.copyOf(groups);
    }

    /** Creates a user without session. */
    public Identity(String name, Set<String> groups, EffectiveGrants grants, TokenScope scope) {
        this(name, groups, grants, scope, null);
    }

    /** Returns this user in a session. */
    Identity inSession(String id) {
        return new Identity(name, groups, grants, scope, id);
    }

    /** Creates a user whose grants are not known yet. */
    public Identity(String name, Set<String> groups) {
        this(name, groups, new EffectiveGrants(false, null, List.of()), TokenScope.UNRESTRICTED);
    }

    /** Returns the groups that count in requests: a restricted token does not make an administrator. */
    public Set<String> activeGroups() {
        return scope.isUnrestricted()
                ? groups
                : groups.stream().filter(group -> !group.equals(Caller.ADMINS)).collect(Collectors.toSet());
    }
}
