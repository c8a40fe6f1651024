package dev.kiroku.server.signin;

import dev.kiroku.core.users.Identity;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Derives users and their groups from the claims of an OpenID provider. */
record OidcClaims(OidcSettings settings) {
    private static final int MAX_NAME_LENGTH = 255;
    private static final int MAX_GROUPS = 1000;
    private static final String EMAIL = "email";

    /**
     * Returns the user whom claims describe.
     *
     * @throws KirokuException with {@code UNAUTHENTICATED} if they do not name a user, with {@code PERMISSION_DENIED} if the user is in none of
     *     the allowed groups
     */
    Identity toIdentity(Map<String, Object> claims) {
        Set<String> groups = groups(claims);
        Set<String> allowed = settings.allowedGroups();
        String name = name(claims);
        if (!allowed.isEmpty() && groups.stream().noneMatch(allowed::contains)) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    "User '" + name
                            + "' is not in a group that may use this server. Ask its administrator for access.");
        }
        // What a provider happens to call "admins" gives no rights here, unless the operator says so.
        boolean admin = groups.contains(settings.adminGroup());
        groups.remove(Caller.ADMINS);
        if (admin) {
            groups.add(Caller.ADMINS);
        }
        return new Identity(name, groups);
    }

    private String name(Map<String, Object> claims) {
        String claim = settings.nameClaim();
        if (!(find(claims, claim) instanceof String text) || text.isBlank()) {
            throw unnamed("it has no claim '" + claim + "' (--oidc-name-claim)");
        }
        String name = text.strip();
        if (claim.equals(EMAIL) && isFalse(claims.get("email_verified"))) {
            throw unnamed("the e-mail address is not verified");
        }
        if (!isPlain(name) || name.equalsIgnoreCase(Caller.ANONYMOUS)) {
            throw unnamed("the claim '" + claim + "' is not a user name");
        }
        return name;
    }

    private static boolean isFalse(Object value) {
        return value != null && !Boolean.parseBoolean(value.toString());
    }

    private Set<String> groups(Map<String, Object> claims) {
        Collection<?> values = switch (find(claims, settings.groupsClaim())) {
            case Collection<?> list -> list;
            case String one -> List.of(one);
            case null, default -> List.of();
        };
        Set<String> groups = new HashSet<>();
        values.stream()
                .filter(String.class::isInstance)
                .map(value -> ((String) value).strip())
                .filter(OidcClaims::isPlain)
                .limit(MAX_GROUPS)
                .forEach(groups::add);
        return groups;
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_NAME_LENGTH
                && name.chars().noneMatch(Character::isISOControl);
    }

    /** Returns a claim by its name, or else by the path of names that dots separate; null if there is none. */
    static Object find(Map<String, Object> claims, String path) {
        if (claims.containsKey(path)) {
            return claims.get(path);
        }
        Object value = claims;
        for (String name : path.split("\\.")) {
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return value;
    }

    private static KirokuException unnamed(String reason) {
        return new KirokuException(ErrorCode.UNAUTHENTICATED, "The token does not name a user: " + reason + ".");
    }
}
