package dev.kiroku.stores.sql;

import dev.kiroku.stores.dialect.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of a result that is paged by keyset, without OFFSET: a page token holds the values of the sort keys in the last row of a page, and
 * the next page begins after them. The sort keys together must be unique.
 *
 * <p>A result may have several parts, one after the other, each with a keyset of its own; {@linkplain #addConstant constant} sort keys tell
 * the parts apart.
 */
public final class Keyset {
    /** The type of a sort key's values. */
    public enum ValueType {
        LONG,
        DOUBLE,
        TEXT
    }

    /**
     * A sort key.
     *
     * @param expression SQL; where it is null, an earlier sort key must be equal for all such rows, so that they are adjacent
     */
    public record SortKey(String expression, ValueType type, boolean ascending) {
        /** Returns whether all rows have the same value. */
        boolean isConstant() {
            return expression.equals(NULL) || Character.isDigit(expression.charAt(0));
        }
    }

    private static final String NULL = "null";

    private final List<SortKey> sortKeys = new ArrayList<>();
    private final String queryIdentity;

    /**
     * Creates a keyset without sort keys.
     *
     * @param queryIdentity describes the query; a token of a query with another identity is refused
     */
    public Keyset(String queryIdentity) {
        this.queryIdentity = queryIdentity;
    }

    /** Adds a sort key; returns this keyset. */
    public Keyset addKey(String expression, ValueType type, boolean ascending) {
        sortKeys.add(new SortKey(expression, type, ascending));
        return this;
    }

    /** Adds a sort key that has one value in all rows of this part of the result; parts are in ascending order of it. */
    public Keyset addConstant(int value) {
        return addKey(Integer.toString(value), ValueType.LONG, true);
    }

    /** Adds a sort key that is null in all rows of this part of the result. */
    public Keyset addNull(ValueType type) {
        return addKey(NULL, type, true);
    }

    /** Returns the columns to select, named {@code o0}, {@code o1}, …, from which {@link #encodeToken} makes a token. */
    public String columns() {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < sortKeys.size(); i++) {
            columns.append(", ")
                    .append(sortKeys.get(i).expression())
                    .append(" as o")
                    .append(i);
        }
        return columns.toString();
    }

    /** Returns the ORDER BY clause. */
    public String orderBy() {
        List<String> all = sortKeys.stream()
                .filter(key -> !key.isConstant())
                .map(key -> key.expression() + (key.ascending() ? "" : " desc"))
                .toList();
        return " order by " + String.join(", ", all);
    }

    /** Returns whether this part of the result precedes the part of the token, so that none of its rows follows the token. */
    public boolean isBefore(PageTokens tokens, String token) {
        return compareConstants(decodeToken(tokens, token)) < 0;
    }

    /** Compares this part with the part of a token's values. */
    private int compareConstants(List<@Nullable Object> values) {
        for (int i = 0; i < sortKeys.size(); i++) {
            if (sortKeys.get(i).isConstant() && values.get(i) instanceof Long value) {
                int order = Long.compare(Long.parseLong(sortKeys.get(i).expression()), value);
                if (order != 0) {
                    return order;
                }
            }
        }
        return 0;
    }

    /**
     * Returns the condition that the first sort key is not before the token's; empty if all rows of this part follow the token. It follows
     * from {@link #after}, and an index on the first sort key alone answers it.
     */
    public Sql atOrAfter(PageTokens tokens, String token) {
        List<@Nullable Object> values = decodeToken(tokens, token);
        return compareConstants(values) > 0 ? new Sql() : atOrAfter(values);
    }

    private Sql atOrAfter(List<@Nullable Object> values) {
        int first = firstVarying(values);
        SortKey key = sortKeys.get(first);
        return Sql.of(" and " + key.expression() + (key.ascending() ? " >= ?" : " <= ?"), values.get(first));
    }

    /** Returns the index of the first sort key in which the rows of this part differ. */
    private int firstVarying(List<@Nullable Object> values) {
        int first = 0;
        while (sortKeys.get(first).isConstant() || values.get(first) == null) {
            first++;
        }
        return first;
    }

    /** Returns the condition that a row follows the one of the token; empty if all rows of this part do. */
    public Sql after(PageTokens tokens, String token) {
        List<@Nullable Object> values = decodeToken(tokens, token);
        if (compareConstants(values) > 0) {
            return new Sql();
        }
        for (int i = 0; i < sortKeys.size(); i++) {
            if (sortKeys.get(i).isConstant()) {
                values.set(i, null);
            }
        }
        // The first condition follows from the second, but lets an index scan begin there.
        Sql condition = atOrAfter(values).add(" and (");
        int open = 0;
        boolean first = true;
        for (int i = 0; i < sortKeys.size(); i++) {
            Object value = values.get(i);
            if (value == null) {
                continue;
            }
            SortKey key = sortKeys.get(i);
            if (!first) {
                condition.add(" or (").add(previousEquals(i, values));
                open += 2;
            }
            condition.add(key.expression() + (key.ascending() ? " > ?" : " < ?"), value);
            first = false;
        }
        return condition.add(")".repeat(open + 1));
    }

    /** Returns equality with the last sort key before {@code i} that has a value; the enclosing parentheses require the ones before it. */
    private Sql previousEquals(int i, List<@Nullable Object> values) {
        int previous = i - 1;
        while (values.get(previous) == null) {
            previous--;
        }
        return Sql.of(sortKeys.get(previous).expression() + " = ? and (", values.get(previous));
    }

    /** Returns the token of the page that follows this row. */
    public String encodeToken(PageTokens tokens, Row row) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sortKeys.size(); i++) {
            String column = "o" + i;
            Object value = switch (sortKeys.get(i).type()) {
                case LONG -> row.getLongOrNull(column);
                case DOUBLE -> row.getDoubleOrNull(column);
                case TEXT -> row.getStringOrNull(column);
            };
            if (value == null) {
                text.append('-');
            } else {
                text.append(value.toString().length()).append(':').append(value);
            }
        }
        return tokens.sign(queryIdentity, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<@Nullable Object> decodeToken(PageTokens tokens, String token) {
        return parseValues(new String(tokens.verify(queryIdentity, token), StandardCharsets.UTF_8));
    }

    private List<@Nullable Object> parseValues(String text) {
        List<@Nullable Object> values = new ArrayList<>();
        int position = 0;
        for (SortKey key : sortKeys) {
            if (text.charAt(position) == '-') {
                values.add(null);
                position++;
                continue;
            }
            int colon = text.indexOf(':', position);
            int end = colon + 1 + Integer.parseInt(text.substring(position, colon));
            String value = text.substring(colon + 1, end);
            values.add(
                    switch (key.type()) {
                        case LONG -> (Object) Long.valueOf(value);
                        case DOUBLE -> Double.valueOf(value);
                        case TEXT -> value;
                    });
            position = end;
        }
        return values;
    }
}
