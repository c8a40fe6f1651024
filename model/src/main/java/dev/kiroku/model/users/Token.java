package dev.kiroku.model.users;

import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.TokenScope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An access token of a user, without its secret.
 *
 * @param id names the token when it is revoked; not secret
 * @param label a text of the user; null for none
 * @param creationTimestamp milliseconds since 1970
 * @param expirationTimestamp milliseconds since 1970; null if the token does not expire
 * @param lastUsedTimestamp milliseconds since 1970, up to a minute before the actual last use; null if the token was not used
 * @param readOnly whether the token only permits to read
 * @param resources the resources that it permits to touch, as {@link ResourceSelector} writes them; empty for all
 */
public record Token(
        String id,
        String user,
        @Nullable String label,
        Long creationTimestamp,
        @Nullable Long expirationTimestamp,
        @Nullable Long lastUsedTimestamp,
        Boolean readOnly,
        List<String> resources) {
    /** Returns the restrictions of the token. */
    public TokenScope scope() {
        return new TokenScope(
                readOnly, resources.stream().map(ResourceSelector::parse).toList());
    }
}
