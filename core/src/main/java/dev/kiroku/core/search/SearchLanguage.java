package dev.kiroku.core.search;

import static dev.kiroku.model.KirokuException.invalid;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses filters and orders of searches. Errors are INVALID_PARAMETER_VALUE with a message that points at the position. */
public final class SearchLanguage {
    /** In characters. */
    private static final int MAX_LENGTH = 100_000;
    /** Each condition is one or two subqueries. PostgreSQL plans 60 of them in a second, but 200 in minutes. */
    private static final int MAX_CONDITIONS = 60;
    /** Each term can need two joins, and SQLite joins at most 64 tables. */
    private static final int MAX_ORDER_TERMS = 30;

    private SearchLanguage() {}

    /** Returns the conditions of {@code filter}; none if it is null or empty. */
    public static SearchFilter parseFilter(SearchGrammar grammar, @Nullable String filter) {
        if (filter == null || filter.isEmpty()) {
            return new SearchFilter(List.of());
        }
        SearchParser parser = new SearchParser(grammar, "filter", requireLengthLimit(filter));
        List<Condition> conditions = parser.conditions(MAX_CONDITIONS);
        return new SearchFilter(conditions);
    }

    /** Returns the conditions of a gate, in the grammar {@link SearchGrammar#GATES}. */
    public static List<ParsedCondition> parseGate(String require) {
        return new SearchParser(SearchGrammar.GATES, "condition", requireLengthLimit(require))
                .parsedConditions(MAX_CONDITIONS);
    }

    /** Returns the terms of clauses such as {@code metrics.accuracy DESC}; ascending is the default. */
    public static List<OrderTerm> parseOrder(SearchGrammar grammar, List<String> clauses) {
        requireOrderLimit(clauses);
        List<OrderTerm> terms = new ArrayList<>();
        for (String clause : clauses) {
            terms.add(new SearchParser(grammar, "order_by clause", requireLengthLimit(clause)).orderTerm());
        }
        return terms;
    }

    /** Returns {@code clauses}; throws INVALID_PARAMETER_VALUE if there are more than a database can order by. */
    public static <T> List<T> requireOrderLimit(List<T> clauses) {
        if (clauses.size() > MAX_ORDER_TERMS) {
            throw invalid(
                    "Invalid order_by: it has %d clauses; at most %d are allowed.", clauses.size(), MAX_ORDER_TERMS);
        }
        return clauses;
    }

    private static String requireLengthLimit(String text) {
        if (text.length() > MAX_LENGTH) {
            throw invalid("Invalid filter: it has %d characters; at most %d are allowed.", text.length(), MAX_LENGTH);
        }
        return text;
    }
}
