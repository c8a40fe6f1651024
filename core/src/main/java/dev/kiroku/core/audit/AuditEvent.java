package dev.kiroku.core.audit;

/**
 * An entry of the audit log before it has its place in it. See {@link dev.kiroku.model.audit.AuditEntry} for what the texts mean.
 *
 * @param before canonical JSON, or null
 * @param after canonical JSON, or null
 */
public record AuditEvent(
        ChangeContext change, String action, String subject, String model, String before, String after) {
    /** @param before a record, a map, a list or a plain value; or null, as {@code after} may be */
    public static AuditEvent of(
            ChangeContext change, String action, String subject, String model, Object before, Object after) {
        return new AuditEvent(
                change, action, subject, model, CanonicalJson.encode(before), CanonicalJson.encode(after));
    }
}
