package dev.kiroku.stores.dialect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SQL that SQLite and PostgreSQL have in common: {@code ON CONFLICT}, {@code RETURNING}, {@code VALUES} as a table. */
abstract class StandardDialect implements Dialect {
    @Override
    public String migrationsLocation() {
        return "classpath:db/kiroku";
    }

    @Override
    public boolean supportsReturning() {
        return true;
    }

    @Override
    public String insertIfAbsent(String insert) {
        return insert + " on conflict do nothing";
    }

    @Override
    public String upsert(String insert, String key, List<String> assignments, String condition) {
        return insert + " on conflict (" + key + ") do update set " + String.join(", ", assignments)
                + (condition.isEmpty() ? "" : " where " + condition);
    }

    @Override
    public String inserted(String column) {
        return "excluded." + column;
    }

    @Override
    public Sql rows(List<@Nullable Object[]> rows) {
        return Sql.of("(values ").addRows(rows).add(") v");
    }

    @Override
    public String rowColumn(int index) {
        return "v.column" + index;
    }

    @Override
    public String orderedJoin() {
        return " cross join ";
    }

    @Override
    public Sql distinctValues(String table, String column, Sql where, int limit) {
        String smallest = "select min(" + column + ") from " + table + " where ";
        // The recursion is lazy: values beyond the limit are not searched for.
        return Sql.of("with recursive found(id) as (" + smallest)
                .add(where)
                .add(" union all select (" + smallest)
                .add(where)
                .add(" and " + column + " > found.id) from found where found.id is not null),")
                .add(" chosen as (select id from found limit " + limit + ") ");
    }

    @Override
    public String castToText(String expression) {
        return "cast(" + expression + " as text)";
    }
}
