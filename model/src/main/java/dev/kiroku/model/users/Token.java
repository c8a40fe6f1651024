package dev.kiroku.model.users;

/**
 * What is known of a personal token beside its text, which nobody but its holder has.
 *
 * @param id names the token when it is to be revoked; no secret
 * @param user whose it is
 * @param label what it is for, in its owner's words; may be empty
 * @param creationTimestamp milliseconds since 1970
 * @param expirationTimestamp milliseconds since 1970, or null for one that lives until it is revoked
 */
public record Token(String id, String user, String label, Long creationTimestamp, Long expirationTimestamp) {}
