package dev.kiroku.core.audit;

import dev.kiroku.model.api.Page;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;

/** Where the audit log is read. What writes to it are the stores of what is changed, each within the transaction of the change. */
public interface AuditStore {
    Page<AuditEntry> search(AuditApi.SearchAuditLogRequest query, int maxResults);

    AuditApi.AuditLogHead getHead();
}
