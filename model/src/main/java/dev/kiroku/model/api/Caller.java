package dev.kiroku.model.api;

import java.util.Set;

/**
 * Who sent a request, as far as the server knows; what is kept of changes (audit, approvals) names it.
 *
 * @param name the user's name, or {@link #ANONYMOUS} where nobody has to say who they are
 * @param groups what the user belongs to; empty where nothing is known of them
 * @param requestId the id that the answer's {@code X-Request-ID} header and the log have
 */
public record Caller(String name, Set<String> groups, String requestId) {
    public static final String ANONYMOUS = "anonymous";

    /** The group whose members may do what {@link Endpoint.Permission#ADMIN} stands for. */
    public static final String ADMINS = "admins";

    public Caller {
        groups = Set.copyOf(groups);
    }

    /** A caller who belongs to no group. */
    public Caller(String name, String requestId) {
        this(name, Set.of(), requestId);
    }

    public static Caller anonymous(String requestId) {
        return new Caller(ANONYMOUS, requestId);
    }

    public boolean isAnonymous() {
        return name.equals(ANONYMOUS);
    }

    public boolean isAdmin() {
        return groups.contains(ADMINS);
    }

    /** Whether this caller has a right. Where nobody has to say who they are, everybody has them all. */
    public boolean hasPermission(Endpoint.Permission permission) {
        return permission != Endpoint.Permission.ADMIN || isAnonymous() || isAdmin();
    }
}
