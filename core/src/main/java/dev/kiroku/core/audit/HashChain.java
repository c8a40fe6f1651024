package dev.kiroku.core.audit;

import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import java.util.Arrays;

/**
 * How entries hold on to each other: each has the hash of the one before in its own hash, so that whoever changes, removes, adds or moves
 * one must change all that follow, and the hash of the last one with them.
 */
public final class HashChain {
    /** What stands for the hash before the first entry. */
    public static final String GENESIS_HASH = "0".repeat(64);

    private HashChain() {}

    /** Gives a draft its place behind the end of the log. */
    public static AuditEntry append(AuditApi.AuditLogHead end, AuditEvent draft) {
        AuditEntry unsealed = new AuditEntry(
                end.count() + 1,
                draft.change().timestamp(),
                draft.change().caller().name(),
                draft.change().caller().requestId(),
                draft.action(),
                draft.subject(),
                draft.model(),
                draft.before(),
                draft.after(),
                end.hash(),
                null);
        return new AuditEntry(
                unsealed.seq(),
                unsealed.at(),
                unsealed.actor(),
                unsealed.requestId(),
                unsealed.action(),
                unsealed.subject(),
                unsealed.model(),
                unsealed.before(),
                unsealed.after(),
                unsealed.previous(),
                hash(unsealed));
    }

    /** SHA-256 of the entry's fields but the hash, written as a JSON list in their order. */
    public static String hash(AuditEntry e) {
        return CanonicalJson.digest(Arrays.asList(
                e.previous(),
                e.seq(),
                e.at(),
                e.actor(),
                e.requestId(),
                e.action(),
                e.subject(),
                e.model(),
                e.before(),
                e.after()));
    }
}
