package dev.kiroku.stores.sql;

import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles conditions of the search language to SQL. */
public final class SqlConditions {
    private SqlConditions() {}

    /**
     * Returns the condition as a comparison.
     *
     * @param expression the left side: constant SQL, never a part of the request
     */
    public static Sql compare(String expression, Condition condition, Dialect dialect) {
        Object value = value(condition.operand());
        return switch (condition.comparator()) {
            case EQ -> Sql.of(expression + " = ?", value);
            case NE -> Sql.of(expression + " <> ?", value);
            case LT -> Sql.of(expression + " < ?", value);
            case LE -> Sql.of(expression + " <= ?", value);
            case GT -> Sql.of(expression + " > ?", value);
            case GE -> Sql.of(expression + " >= ?", value);
            case LIKE -> dialect.like(expression, text(condition.operand()));
            case ILIKE -> dialect.ilike(expression, text(condition.operand()));
            case IN -> Sql.of(expression + " in ").addIn(list(condition.operand()));
            case NOT_IN -> Sql.of(expression + " not in ").addIn(list(condition.operand()));
            case IS_NULL -> Sql.of(expression + " is null");
            case IS_NOT_NULL -> Sql.of(expression + " is not null");
        };
    }

    /**
     * Returns the condition that a row of {@code select} satisfies the comparison; for IS NULL, that {@code select} has no row.
     *
     * @param select a SELECT that ends within its WHERE clause
     */
    public static Sql exists(Sql select, String expression, Condition condition, Dialect dialect) {
        boolean presence = condition.comparator() == ComparisonOperator.IS_NULL
                || condition.comparator() == ComparisonOperator.IS_NOT_NULL;
        Sql sql = Sql.of(condition.comparator() == ComparisonOperator.IS_NULL ? "not exists (" : "exists (")
                .add(select);
        if (!presence) {
            sql.add(" and (").add(compare(expression, condition, dialect)).add(")");
        }
        return sql.add(")");
    }

    private static @Nullable Object value(Operand operand) {
        return switch (operand) {
            case Operand.Text(String text) -> text;
            case Operand.DoubleNumber(double number) -> number;
            case Operand.LongNumber(long number) -> number;
            case Operand.TextList _, Operand.None() -> null;
            case Operand.Reference reference ->
                throw new IllegalArgumentException("no search compares with " + reference);
        };
    }

    private static String text(Operand operand) {
        if (operand instanceof Operand.Text(String text)) {
            return text;
        }
        throw new IllegalArgumentException("LIKE compares with a text, not with " + operand);
    }

    private static Collection<String> list(Operand operand) {
        if (operand instanceof Operand.TextList(List<String> texts)) {
            return texts;
        }
        throw new IllegalArgumentException("IN compares with a list, not with " + operand);
    }
}
