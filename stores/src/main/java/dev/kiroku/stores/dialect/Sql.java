package dev.kiroku.stores.dialect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builder of an SQL statement: its text with {@code ?} placeholders, and the values bound to them. Values of a request are only ever bound
 * as parameters; the text is assembled from constants of the program. Not thread-safe.
 */
public final class Sql {
    private final StringBuilder text = new StringBuilder();
    private final List<@Nullable Object> parameters = new ArrayList<>();

    /**
     * Returns a new statement.
     *
     * @param parameters the values of the placeholders in {@code text}, in order; null for SQL NULL
     */
    public static Sql of(String text, @Nullable Object... parameters) {
        return new Sql().add(text, parameters);
    }

    /** Appends text and the values of its placeholders; returns this builder. */
    public Sql add(String more, @Nullable Object... values) {
        text.append(more);
        parameters.addAll(Arrays.asList(values));
        return this;
    }

    /** Appends another statement with its values; returns this builder. */
    public Sql add(Sql more) {
        text.append(more.text);
        parameters.addAll(more.parameters);
        return this;
    }

    /** Appends {@code (?, ?, …)} for use with IN; an empty collection gives a list that matches nothing. Returns this builder. */
    public Sql addIn(Collection<?> values) {
        if (values.isEmpty()) {
            return add("(null)");
        }
        text.append("(?").repeat(", ?", values.size() - 1).append(')');
        parameters.addAll(values);
        return this;
    }

    /** Appends {@code (?, ?), (?, ?), …}, the rows of a VALUES clause; all have the same length. Returns this builder. */
    public Sql addRows(List<@Nullable Object[]> rows) {
        String separator = "";
        for (Object[] row : rows) {
            add(separator).addIn(Arrays.asList(row));
            separator = ", ";
        }
        return this;
    }

    /** Returns whether no text was added. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** Returns the text of the statement. */
    public String text() {
        return text.toString();
    }

    /** Returns the values of the placeholders, in order; elements may be null. */
    public List<@Nullable Object> parameters() {
        return parameters;
    }

    @Override
    public String toString() {
        return text();
    }
}
