package dev.kiroku.core.search;

import java.util.List;

/** Conditions that must all hold; none means that everything matches. */
public record Filter(List<Condition> conditions) {
    public Filter {
        conditions = List.copyOf(conditions);
    }
}
