package dev.kiroku.core.users;

import java.util.Set;

/** Somebody who has shown who they are. */
public record Identity(String name, Set<String> groups) {
    public Identity {
        groups = Set.copyOf(groups);
    }
}
