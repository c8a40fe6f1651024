package dev.kiroku.stores.sql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A statement in the making: text with {@code ?} marks, and what stands for them. Values only ever travel as parameters; the text is put
 * together from constants of this program alone.
 */
public final class Sql {
    private final StringBuilder text = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    public static Sql of(String text, Object... parameters) {
        return new Sql().add(text, parameters);
    }

    public Sql add(String more, Object... values) {
        text.append(more);
        parameters.addAll(Arrays.asList(values));
        return this;
    }

    public Sql add(Sql more) {
        text.append(more.text);
        parameters.addAll(more.parameters);
        return this;
    }

    /** Appends {@code (?, ?, …)}; of an empty collection one that matches nothing. */
    public Sql addIn(Collection<?> values) {
        if (values.isEmpty()) {
            return add("(null)");
        }
        text.append("(?").repeat(", ?", values.size() - 1).append(')');
        parameters.addAll(values);
        return this;
    }

    /** Appends {@code (?, ?), (?, ?), …}: some rows, all of one length, as they stand behind {@code values}. */
    public Sql addRows(List<Object[]> rows) {
        String separator = "";
        for (Object[] row : rows) {
            add(separator).addIn(Arrays.asList(row));
            separator = ", ";
        }
        return this;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    String text() {
        return text.toString();
    }

    List<Object> parameters() {
        return parameters;
    }

    @Override
    public String toString() {
        return text();
    }
}
