package dev.kiroku.stores.sql;

import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import java.util.Collection;
import java.util.List;

/** Conditions of the search language as SQL. */
public final class SqlConditions {
    private SqlConditions() {}

    /** @param expression what stands left of the comparator: constant SQL, never a part of the request */
    public static Sql compare(String expression, Condition condition, Dialect dialect) {
        Object value = value(condition.operand());
        return switch (condition.comparator()) {
            case EQ -> Sql.of(expression + " = ?", value);
            case NE -> Sql.of(expression + " <> ?", value);
            case LT -> Sql.of(expression + " < ?", value);
            case LE -> Sql.of(expression + " <= ?", value);
            case GT -> Sql.of(expression + " > ?", value);
            case GE -> Sql.of(expression + " >= ?", value);
            case LIKE -> Sql.of(expression + " like ?" + dialect.likeWithoutEscape(), value);
            case ILIKE -> Sql.of("lower(" + expression + ") like lower(?)" + dialect.likeWithoutEscape(), value);
            case IN -> Sql.of(expression + " in ").addIn((Collection<?>) value);
            case NOT_IN -> Sql.of(expression + " not in ").addIn((Collection<?>) value);
            case IS_NULL -> Sql.of(expression + " is null");
            case IS_NOT_NULL -> Sql.of(expression + " is not null");
        };
    }

    /**
     * That there is, or for IS NULL that there is not, a row of {@code select} whose value satisfies the condition.
     *
     * @param select a SELECT that ends within its WHERE
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

    private static Object value(Operand operand) {
        return switch (operand) {
            case Operand.Text(String text) -> text;
            case Operand.DoubleNumber(double number) -> number;
            case Operand.LongNumber(long number) -> number;
            case Operand.TextList(List<String> texts) -> texts;
            case Operand.None() -> null;
            case Operand.Reference reference ->
                throw new IllegalArgumentException("no search compares with " + reference);
        };
    }
}
