package dev.kiroku.model.audit;

import static dev.kiroku.model.access.ResourceType.AUDIT_LOG;
import static dev.kiroku.model.access.ResourceType.SERVER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints that read the audit log. Entries are only written by the changes that they record. */
public final class AuditApi {
    private AuditApi() {}

    /**
     * Finds the audit entries for which all values that are not null hold.
     *
     * @param action a whole action ({@code alias.set}) or its first part ({@code alias})
     * @param from the first moment, in milliseconds since 1970, inclusive
     * @param to the last moment, exclusive
     * @param ascending true for oldest first; otherwise newest first
     */
    public record SearchAuditLogRequest(
            @Nullable String actor,
            @Nullable String action,
            @Nullable String model,
            @Nullable String subject,
            @Nullable Long from,
            @Nullable Long to,
            @Nullable Boolean ascending,
            @Nullable Long maxResults,
            @Nullable String pageToken) {}

    /** A page of audit entries. */
    public record SearchAuditLogResponse(
            List<AuditEntry> entries, @Nullable String nextPageToken) {}

    /**
     * The end of the audit log. Recorded elsewhere, it proves that no entry before it was removed.
     *
     * @param count the number of entries
     * @param hash the hash of the last entry
     */
    public record AuditLogHead(Long count, String hash) {}

    private static final String AUDIT = "/2.0/kiroku/audit/";

    public static final Endpoint<SearchAuditLogRequest, SearchAuditLogResponse> SEARCH = endpoint(
            GET,
            AUDIT + "search",
            SearchAuditLogRequest.class,
            SearchAuditLogResponse.class,
            AUDIT_LOG.read(),
            SERVER.manage());
    public static final Endpoint<Empty, AuditLogHead> HEAD =
            endpoint(GET, AUDIT + "head", Empty.class, AuditLogHead.class, AUDIT_LOG.read(), SERVER.manage());
}
