package dev.kiroku.stores.sql;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a query's result, read by column names. The column after the one read last is compared first, so that columns read in
 * the order of the SELECT cost one comparison each. To be used only while the query runs.
 */
public final class Row {
    private final ResultSet rows;
    private final String[] columns;
    private int next;

    Row(ResultSet rows, String[] columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /** Returns the names of the columns. */
    static String[] columns(ResultSet rows) throws SQLException {
        ResultSetMetaData metaData = rows.getMetaData();
        String[] columns = new String[metaData.getColumnCount()];
        for (int i = 0; i < columns.length; i++) {
            // Interned, so that comparing with the literal of a reader is a comparison of references.
            columns[i] = metaData.getColumnLabel(i + 1).intern();
        }
        return columns;
    }

    /** Returns the value of a column that is not null. */
    public long getLong(String column) throws SQLException {
        return rows.getLong(index(column));
    }

    /** Returns the value of a column, or null. */
    public @Nullable Long getLongOrNull(String column) throws SQLException {
        long value = rows.getLong(index(column));
        return rows.wasNull() ? null : value;
    }

    /** Returns the value of a column that is not null. */
    public int getInt(String column) throws SQLException {
        return rows.getInt(index(column));
    }

    /** Returns whether a column that is 0 or 1 is 1. */
    public boolean getBoolean(String column) throws SQLException {
        return rows.getInt(index(column)) == 1;
    }

    /** Returns the value of a column that is not null. */
    public double getDouble(String column) throws SQLException {
        return rows.getDouble(index(column));
    }

    /** Returns the value of a column, or null. */
    public @Nullable Double getDoubleOrNull(String column) throws SQLException {
        double value = rows.getDouble(index(column));
        return rows.wasNull() ? null : value;
    }

    /** Returns the value of a column that is not null. */
    public String getString(String column) throws SQLException {
        String value = rows.getString(index(column));
        if (value == null) {
            throw new IllegalStateException("the column " + column + " is null");
        }
        return value;
    }

    /** Returns the value of a column, or null. */
    public @Nullable String getStringOrNull(String column) throws SQLException {
        return rows.getString(index(column));
    }

    /** Returns the value of a column that is not null. */
    public byte[] getBytes(String column) throws SQLException {
        return rows.getBytes(index(column));
    }

    /** Returns the constant whose code is stored in a column. */
    public <E extends Enum<E>> E get(String column, EnumCodes<E> codes) throws SQLException {
        return codes.decode(rows.getInt(index(column)));
    }

    private int index(String column) {
        if (next < columns.length && columns[next].equals(column)) {
            return ++next;
        }
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].equals(column)) {
                next = i + 1;
                return next;
            }
        }
        throw new IllegalArgumentException("no column " + column + " among " + Arrays.toString(columns));
    }

    /** Returns the value of the only column, which is not null. */
    public long getLong() throws SQLException {
        return rows.getLong(1);
    }
}
