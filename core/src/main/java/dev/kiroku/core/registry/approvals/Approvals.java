package dev.kiroku.core.registry.approvals;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.audit.Change;
import dev.kiroku.core.registry.gates.Target;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest.Kind;
import java.time.InstantSource;

/** The operations of {@link ApprovalApi}. */
public final class Approvals {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;
    private static final int MAX_COMMENT = 5000;

    private final ApprovalStore store;
    private final InstantSource clock;

    public Approvals(ApprovalStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    public ApprovalApi.One open(ApprovalApi.Open request, Caller caller) {
        Target target = Target.of(request.alias(), request.stage());
        boolean deletion = request.version() == null || request.version().isEmpty();
        if (deletion && !target.isAlias()) {
            throw invalid("Give the version that is to become %s.", target);
        }
        var move = new Move(
                target,
                deletion ? 0 : version(request.version()),
                Boolean.TRUE.equals(request.archiveExistingVersions()));
        return new ApprovalApi.One(store.open(request.name(), move, comment(request.comment()), change(caller)));
    }

    public ApprovalApi.One get(ApprovalApi.ById request) {
        return new ApprovalApi.One(store.get(request.id(), clock.millis()));
    }

    public ApprovalApi.Found search(ApprovalApi.Search request) {
        long max = request.maxResults() == null ? DEFAULT_PAGE : request.maxResults();
        if (max < 1 || max > MAX_PAGE) {
            throw invalid("Invalid value for max_results: it must be from 1 to %d, but got %d.", MAX_PAGE, max);
        }
        var page = store.search(request, (int) max, clock.millis());
        return new ApprovalApi.Found(page.items(), page.nextPageToken());
    }

    public ApprovalApi.One comment(ApprovalApi.Say request, Caller caller) {
        if (request.comment() == null || request.comment().isBlank()) {
            throw invalid("Missing value for required parameter 'comment'.");
        }
        return say(request, Kind.COMMENT, caller);
    }

    public ApprovalApi.One approve(ApprovalApi.Say request, Caller caller) {
        return say(request, Kind.APPROVE, caller);
    }

    public ApprovalApi.One reject(ApprovalApi.Say request, Caller caller) {
        return say(request, Kind.REJECT, caller);
    }

    public ApprovalApi.One withdraw(ApprovalApi.Say request, Caller caller) {
        return say(request, Kind.WITHDRAW, caller);
    }

    private ApprovalApi.One say(ApprovalApi.Say request, Kind kind, Caller caller) {
        return new ApprovalApi.One(store.say(request.id(), kind, comment(request.comment()), change(caller)));
    }

    private Change change(Caller caller) {
        return new Change(caller, clock.millis());
    }

    private static String comment(String text) {
        if (text != null && text.length() > MAX_COMMENT) {
            throw invalid("'comment' exceeds the maximum length of %d characters", MAX_COMMENT);
        }
        return text == null ? "" : text;
    }

    private static long version(String text) {
        try {
            long version = Long.parseLong(text.strip());
            if (version > 0) {
                return version;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw invalid(
                "Parameter 'version' must be a version's number, got '%s'.",
                text.length() > 60 ? text.substring(0, 60) + "…" : text);
    }
}
