package dev.kiroku.core.users;

import java.util.Set;

/** An authenticated user. */
public record Identity(String name, Set<String> groups) {
    public Identity {
        groups = Set.copyOf(groups);
    }
}
