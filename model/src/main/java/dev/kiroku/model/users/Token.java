package dev.kiroku.model.users;

import org.jspecify.annotations.Nullable;

/**
 * An access token of a user, without its secret.
 *
 * @param id names the token when it is revoked; not secret
 * @param label a text of the user; null for none
 * @param creationTimestamp milliseconds since 1970
 * @param expirationTimestamp milliseconds since 1970; null if the token does not expire
 */
public record Token(
        String id,
        String user,
        @Nullable String label,
        Long creationTimestamp,
        @Nullable Long expirationTimestamp) {}
