package dev.kiroku.stores.sql;

import dev.kiroku.model.KirokuException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Pages of an ordered result without OFFSET: a page's token holds the order's values of its last row, and the next page begins behind
 * them. The last term must tell any two rows apart.
 */
public final class Keyset {
    /** What kind of value an order term has. */
    public enum ValueType {
        LONG,
        DOUBLE,
        TEXT
    }

    /** @param sql an expression; where it is null, an earlier term must be equal for all such rows, so that they stand together */
    public record SortKey(String expression, ValueType type, boolean ascending) {
        /** Whether all rows have the same here. */
        boolean isConstant() {
            return expression.equals(NULL) || Character.isDigit(expression.charAt(0));
        }
    }

    private static final String NULL = "null";

    private final List<SortKey> sortKeys = new ArrayList<>();
    private final String queryIdentity;

    /** @param identity what the query is; a token of another query is refused */
    public Keyset(String identity) {
        this.queryIdentity = identity;
    }

    public Keyset addKey(String sql, ValueType kind, boolean ascending) {
        sortKeys.add(new SortKey(sql, kind, ascending));
        return this;
    }

    /** A term of which all rows of this part of the result have the same value: other parts have smaller and greater ones. */
    public Keyset addConstant(int value) {
        return addKey(Integer.toString(value), ValueType.LONG, true);
    }

    /** A term that no row of this part of the result has. */
    public Keyset addNull(ValueType kind) {
        return addKey(NULL, kind, true);
    }

    /** The columns to select, each named {@code o0}, {@code o1}, …, from which the next token is made. */
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

    /** The ORDER BY clause. */
    public String orderBy() {
        List<String> all = sortKeys.stream()
                .filter(t -> !t.isConstant())
                .map(t -> t.expression() + (t.ascending() ? "" : " desc"))
                .toList();
        return " order by " + String.join(", ", all);
    }

    /** Whether this part of the result lies before the token, so that nothing of it is behind. */
    public boolean isBefore(String token) {
        return compareConstants(decodeToken(token)) < 0;
    }

    /** Negative when this part lies before the token's, positive when behind. */
    private int compareConstants(List<Object> values) {
        for (int i = 0; i < sortKeys.size(); i++) {
            if (sortKeys.get(i).isConstant() && values.get(i) instanceof Long there) {
                int order = Long.compare(Long.parseLong(sortKeys.get(i).expression()), there);
                if (order != 0) {
                    return order;
                }
            }
        }
        return 0;
    }

    /** What of {@link #after} an index on the first term alone can answer: that the term is not before the token's. */
    public Sql atOrAfter(String token) {
        List<Object> values = decodeToken(token);
        if (compareConstants(values) > 0) {
            return new Sql();
        }
        int first = firstVarying(values);
        SortKey term = sortKeys.get(first);
        return Sql.of(" and " + term.expression() + (term.ascending() ? " >= ?" : " <= ?"), values.get(first));
    }

    /** The first term by which rows of this part differ. */
    private int firstVarying(List<Object> values) {
        int first = 0;
        while (sortKeys.get(first).isConstant() || values.get(first) == null) {
            first++;
        }
        return first;
    }

    /** The condition that a row stands behind the one of the token. */
    public Sql after(String token) {
        List<Object> values = decodeToken(token);
        if (compareConstants(values) > 0) {
            return new Sql();
        }
        for (int i = 0; i < sortKeys.size(); i++) {
            if (sortKeys.get(i).isConstant()) {
                values.set(i, null);
            }
        }
        // The first condition follows from the second, but an index can begin its walk there.
        Sql condition = atOrAfter(token).add(" and (");
        int open = 0;
        boolean first = true;
        for (int i = 0; i < sortKeys.size(); i++) {
            Object value = values.get(i);
            if (value == null) {
                continue;
            }
            SortKey term = sortKeys.get(i);
            if (!first) {
                condition.add(" or (").add(previousEquals(i, values));
                open += 2;
            }
            condition.add(term.expression() + (term.ascending() ? " > ?" : " < ?"), value);
            first = false;
        }
        return condition.add(")".repeat(open + 1));
    }

    /** Equality with the nearest term before {@code i} that has a value; the ones before it are required by the parentheses around. */
    private Sql previousEquals(int i, List<Object> values) {
        int previous = i - 1;
        while (values.get(previous) == null) {
            previous--;
        }
        return Sql.of(sortKeys.get(previous).expression() + " = ? and (", values.get(previous));
    }

    /** @return the token that leads on from this row */
    public String encodeToken(ResultSet row) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sortKeys.size(); i++) {
            String column = "o" + i;
            String value = switch (sortKeys.get(i).type()) {
                case LONG -> Long.toString(row.getLong(column));
                case DOUBLE -> Double.toString(row.getDouble(column));
                case TEXT -> row.getString(column);
            };
            boolean absent = value == null || row.wasNull();
            text.append(absent ? "-" : value.length() + ":" + value);
        }
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        byte[] whole = ByteBuffer.allocate(body.length + 4)
                .putInt(checksum(body))
                .put(body)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    private List<Object> decodeToken(String token) {
        try {
            ByteBuffer whole = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
            int sum = whole.getInt();
            byte[] body = new byte[whole.remaining()];
            whole.get(body);
            if (sum != checksum(body)) {
                throw new IllegalArgumentException("of another query");
            }
            return parseValues(new String(body, StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw KirokuException.invalid(
                    "Invalid page token. A token is the next_page_token of an answer to the same search: leave it out to start from the beginning.");
        }
    }

    private List<Object> parseValues(String text) {
        List<Object> values = new ArrayList<>();
        int at = 0;
        for (SortKey term : sortKeys) {
            if (text.charAt(at) == '-') {
                values.add(null);
                at++;
                continue;
            }
            int colon = text.indexOf(':', at);
            int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
            String value = text.substring(colon + 1, end);
            values.add(
                    switch (term.type()) {
                        case LONG -> (Object) Long.valueOf(value);
                        case DOUBLE -> Double.valueOf(value);
                        case TEXT -> value;
                    });
            at = end;
        }
        return values;
    }

    private int checksum(byte[] body) {
        CRC32 sum = new CRC32();
        sum.update(queryIdentity.getBytes(StandardCharsets.UTF_8));
        sum.update(body);
        return (int) sum.getValue();
    }
}
