package dev.kiroku.model.audit;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.AUDIT_LOG;
import static dev.kiroku.model.api.ResourceType.SERVER;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import java.util.List;

/** Reading the audit log. Nothing writes to it but the changes themselves. */
public final class AuditApi {
    private AuditApi() {}

    /**
     * What is not null must hold.
     *
     * @param action a whole action ({@code alias.set}), or the first part of it ({@code alias})
     * @param from the first moment that counts, in milliseconds since 1970
     * @param to the first moment that counts no more
     * @param ascending oldest first; otherwise the newest come first
     */
    public record SearchAuditLogRequest(
            String actor,
            String action,
            String model,
            String subject,
            Long from,
            Long to,
            Boolean ascending,
            Long maxResults,
            String pageToken) {}

    public record SearchAuditLogResponse(List<AuditEntry> entries, String nextPageToken) {}

    /**
     * Where the log ends: what to note elsewhere, so that a log cut short can be told from a whole one.
     *
     * @param count how many entries there are
     * @param hash of the last one
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
