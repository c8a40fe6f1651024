package dev.kiroku.core.audit;

import org.jspecify.annotations.Nullable;

/**
 * A change to be logged: an entry of the audit log without sequence number and hash. The components mean what those of
 * {@link dev.kiroku.model.audit.AuditEntry} mean.
 *
 * @param before canonical JSON, or null
 * @param after canonical JSON, or null
 */
public record AuditEvent(
        ChangeContext change,
        String action,
        String subject,
        @Nullable String model,
        @Nullable String before,
        @Nullable String after) {
    /**
     * Returns an event with the canonical JSON of the values.
     *
     * @param before a record, map, list, string, number or boolean before the change, or null
     * @param after the same after the change, or null
     */
    public static AuditEvent of(
            ChangeContext change,
            String action,
            String subject,
            @Nullable String model,
            @Nullable Object before,
            @Nullable Object after) {
        return new AuditEvent(
                change, action, subject, model, CanonicalJson.encode(before), CanonicalJson.encode(after));
    }
}
