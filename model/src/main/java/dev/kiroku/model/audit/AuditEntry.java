package dev.kiroku.model.audit;

/**
 * One change, as the audit log keeps it for good.
 *
 * @param seq from 1, without gaps
 * @param at milliseconds since 1970, by the clock of the server that made the change
 * @param actor who did it
 * @param requestId the id that the answer's {@code X-Request-ID} header and the server's log have
 * @param action what was done: {@code alias.set}, {@code version.create} …
 * @param subject what it was done to: {@code models:/iris@champion}, {@code models:/iris/3}, {@code users/ann} …
 * @param model the registered model that it is about, or null
 * @param before what was changed, as canonical JSON; null when there was nothing
 * @param after what came of it, as canonical JSON; null when nothing is left
 * @param previous the hash of the entry before, or 64 zeros
 * @param hash SHA-256 over all the other fields, in hexadecimal
 */
public record AuditEntry(
        Long seq,
        Long at,
        String actor,
        String requestId,
        String action,
        String subject,
        String model,
        String before,
        String after,
        String previous,
        String hash) {}
