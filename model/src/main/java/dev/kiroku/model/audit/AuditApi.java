package dev.kiroku.model.audit;

import static dev.kiroku.model.api.Endpoint.Permission.ADMIN;
import static dev.kiroku.model.api.Endpoint.Verb.GET;
import static dev.kiroku.model.api.Endpoint.read;

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
    public record Search(
            String actor,
            String action,
            String model,
            String subject,
            Long from,
            Long to,
            Boolean ascending,
            Long maxResults,
            String pageToken) {}

    public record Entries(List<AuditEntry> entries, String nextPageToken) {}

    /**
     * Where the log ends: what to note elsewhere, so that a log cut short can be told from a whole one.
     *
     * @param count how many entries there are
     * @param hash of the last one
     */
    public record Head(Long count, String hash) {}

    private static final String AUDIT = "/2.0/kiroku/audit/";

    public static final Endpoint<Search, Entries> SEARCH =
            read(GET, AUDIT + "search", Search.class, Entries.class, ADMIN);
    public static final Endpoint<Empty, Head> HEAD = read(GET, AUDIT + "head", Empty.class, Head.class, ADMIN);
}
