package dev.kiroku.model.audit;

import org.jspecify.annotations.Nullable;

/**
 * A change as it is recorded in the audit log.
 *
 * @param seq from 1, without gaps
 * @param at milliseconds since 1970, by the clock of the server that made the change
 * @param actor the user who made the change
 * @param requestId the ID of the request, as in the header {@code X-Request-ID} of the response and in the log of the
 *     server
 * @param action what was done: {@code alias.set}, {@code version.create} …
 * @param subject what was changed: {@code models:/iris@champion}, {@code models:/iris/3}, {@code users/ann} …
 * @param model the registered model; null if the change is not about one
 * @param before the state before the change as canonical JSON; null for none
 * @param after the state after the change as canonical JSON; null for none
 * @param previous the hash of the previous entry, or 64 zeros
 * @param hash SHA-256 over all other fields, in hexadecimal digits
 */
public record AuditEntry(
        Long seq,
        Long at,
        String actor,
        String requestId,
        String action,
        String subject,
        @Nullable String model,
        @Nullable String before,
        @Nullable String after,
        String previous,
        String hash) {}
