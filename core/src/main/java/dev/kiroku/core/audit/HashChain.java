package dev.kiroku.core.audit;

import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import java.util.Arrays;

/**
 * Chains audit log entries by hashes: the hash of an entry covers the hash of the entry before. To change, remove,
 * insert or move an entry without being noticed, all entries after it, including the last hash, have to be rewritten.
 */
public final class HashChain {
    /** The previous hash of the first entry. */
    public static final String GENESIS_HASH = "0".repeat(64);

    private HashChain() {}

    /** Returns the entry that follows {@code head}, with its sequence number and hash. */
    public static AuditEntry append(AuditApi.AuditLogHead head, AuditEvent event) {
        var withoutHash = new AuditEntry(
                head.count() + 1,
                event.change().timestamp(),
                event.change().caller().name(),
                event.change().caller().requestId(),
                event.action(),
                event.subject(),
                event.model(),
                event.before(),
                event.after(),
                head.hash(),
                "");
        return new AuditEntry(
                withoutHash.seq(),
                withoutHash.at(),
                withoutHash.actor(),
                withoutHash.requestId(),
                withoutHash.action(),
                withoutHash.subject(),
                withoutHash.model(),
                withoutHash.before(),
                withoutHash.after(),
                withoutHash.previous(),
                hash(withoutHash));
    }

    /**
     * Returns the SHA-256 hash of the entry's components except the hash, as a canonical JSON array, in hexadecimal.
     */
    public static String hash(AuditEntry entry) {
        return CanonicalJson.digest(Arrays.asList(
                entry.previous(),
                entry.seq(),
                entry.at(),
                entry.actor(),
                entry.requestId(),
                entry.action(),
                entry.subject(),
                entry.model(),
                entry.before(),
                entry.after()));
    }
}
