package dev.kiroku.model.api;

import dev.kiroku.model.access.AccessRights;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The user who sent a request, as recorded in the audit log and in approval requests, and what the user may do.
 *
 * @param name the user's name, or {@link #ANONYMOUS} on a server without authentication
 * @param groups the groups of the user; empty if none are known. {@link #ADMINS} is none of them if the user signed in with a restricted token
 * @param requestId the ID of the request, as in the {@code X-Request-ID} header of the response and in the log
 * @param rights what the user may do in this request
 * @param session the ID of the session that the request was sent in; null for other ways to sign in
 */
public record Caller(
        String name,
        Set<String> groups,
        String requestId,
        AccessRights rights,
        @Nullable String session) {
    /** The name of callers on a server without authentication. */
    public static final String ANONYMOUS = "anonymous";
    /** The group whose members are administrators. */
    public static final String ADMINS = "admins";

    public Caller {
        groups = Set.copyOf(groups);
    }

    /** Creates a caller without session. */
    public Caller(String name, Set<String> groups, String requestId, AccessRights rights) {
        this(name, groups, requestId, rights, null);
    }

    /** Creates a caller whose access is not restricted. */
    public Caller(String name, Set<String> groups, String requestId) {
        this(name, groups, requestId, AccessRights.UNRESTRICTED);
    }

    /** Creates a caller who belongs to no group and whose access is not restricted. */
    public Caller(String name, String requestId) {
        this(name, Set.of(), requestId);
    }

    /** Returns the caller of a request to a server without authentication. */
    public static Caller anonymous(String requestId) {
        return new Caller(ANONYMOUS, requestId);
    }

    /** Returns whether the server does not authenticate users. */
    public boolean isAnonymous() {
        return name.equals(ANONYMOUS);
    }

    /** Returns whether the caller is a member of {@link #ADMINS}. */
    public boolean isAdmin() {
        return groups.contains(ADMINS);
    }
}
