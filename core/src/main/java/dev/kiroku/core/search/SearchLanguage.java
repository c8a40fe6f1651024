package dev.kiroku.core.search;

import static dev.kiroku.model.KirokuException.invalid;

import java.util.ArrayList;
import java.util.List;

/** Reads filters and orders. Everything that is wrong with them is INVALID_PARAMETER_VALUE, with a message that points at the place. */
public final class SearchLanguage {
    /** Longer than anything a person or a program writes in earnest. */
    private static final int MAX_LENGTH = 100_000;
    /** Each is a subquery or two, and PostgreSQL plans 60 in a second, but 200 in minutes. */
    private static final int MAX_CONDITIONS = 60;
    /** Each may need two joins, and SQLite joins 64 tables at the most. */
    private static final int MAX_ORDER_TERMS = 30;

    private SearchLanguage() {}

    /** @param filter null or empty for no condition */
    public static SearchFilter parseFilter(SearchGrammar grammar, String filter) {
        if (filter == null || filter.isEmpty()) {
            return new SearchFilter(List.of());
        }
        SearchParser parser = new SearchParser(grammar, "filter", requireLengthLimit(filter));
        List<Condition> conditions = parser.conditions(MAX_CONDITIONS);
        return new SearchFilter(conditions);
    }

    /** @param require what a version must be to pass a gate (see {@link SearchGrammar#GATES}) */
    public static List<ParsedCondition> parseGate(String require) {
        return new SearchParser(SearchGrammar.GATES, "condition", requireLengthLimit(require))
                .parsedConditions(MAX_CONDITIONS);
    }

    /** @param clauses such as {@code metrics.accuracy DESC}; ascending when nothing is said */
    public static List<OrderTerm> parseOrder(SearchGrammar grammar, List<String> clauses) {
        requireOrderLimit(clauses);
        List<OrderTerm> terms = new ArrayList<>();
        for (String clause : clauses) {
            terms.add(new SearchParser(grammar, "order_by clause", requireLengthLimit(clause)).orderTerm());
        }
        return terms;
    }

    /** @return the same clauses, which are not more than a database can order by */
    public static <T> List<T> requireOrderLimit(List<T> clauses) {
        if (clauses.size() > MAX_ORDER_TERMS) {
            throw invalid(
                    "Invalid order_by: it has %d clauses, at most %d are taken.", clauses.size(), MAX_ORDER_TERMS);
        }
        return clauses;
    }

    private static String requireLengthLimit(String text) {
        if (text.length() > MAX_LENGTH) {
            throw invalid("Invalid filter: it has %d characters, at most %d are taken.", text.length(), MAX_LENGTH);
        }
        return text;
    }
}
