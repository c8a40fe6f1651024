package dev.kiroku.core.search;

import java.util.List;

/** Conditions that must all hold. Without conditions everything matches. */
public record SearchFilter(List<Condition> conditions) {
    public SearchFilter {
        conditions = List.copyOf(conditions);
    }
}
