package dev.kiroku.core.audit;

import dev.kiroku.model.api.Page;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import java.util.List;

/**
 * Reads the audit log. Entries about changes are written by the stores of what is changed, within the transaction of
 * the change; entries about what changes nothing are appended here.
 */
public interface AuditStore {
    /** Returns a page of entries, ordered by sequence number. */
    Page<AuditEntry> search(AuditApi.SearchAuditLogRequest query, int maxResults);

    /** Returns the number of entries and the hash of the last one. */
    AuditApi.AuditLogHead getHead();

    /** Appends entries in one transaction. */
    void append(List<AuditEvent> events);
}
