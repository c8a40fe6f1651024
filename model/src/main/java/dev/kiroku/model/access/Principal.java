package dev.kiroku.model.access;

import java.util.Locale;

/** Who holds grants: a user or service account, a group, or a role that users and groups are assigned to. In text form {@code group:ml}. */
public record Principal(Kind kind, String name) {
    /** The kinds of principals. */
    public enum Kind {
        USER,
        GROUP,
        ROLE
    }

    /** Returns a user or service account. */
    public static Principal user(String name) {
        return new Principal(Kind.USER, name);
    }

    /** Returns a group. */
    public static Principal group(String name) {
        return new Principal(Kind.GROUP, name);
    }

    /** Returns a role. */
    public static Principal role(String name) {
        return new Principal(Kind.ROLE, name);
    }

    /** Returns the text form. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + name;
    }
}
