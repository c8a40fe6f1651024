package dev.kiroku.server.graphql;

import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Limits on the size of a query, with MLflow's values. Fields of fragments count once for each use; a recursive fragment exceeds the maximum
 * depth.
 */
final class QueryLimits {
    private static final int MAX_DEPTH = 10;
    private static final int MAX_FIELDS = 1000;
    private static final int MAX_TOP_FIELDS = 10;
    private static final int MAX_ALIASES = 10;

    private record Level(SelectionSet selections, int depth) {}

    private final Map<String, FragmentDefinition> fragments = new HashMap<>();

    private QueryLimits(Document document) {
        document.getDefinitionsOfType(FragmentDefinition.class)
                .forEach(fragment -> fragments.putIfAbsent(fragment.getName(), fragment));
    }

    /** Returns a sentence about the first exceeded limit, or empty. */
    static Optional<String> findViolation(Document document) {
        return Optional.ofNullable(
                new QueryLimits(document).findViolation(document.getDefinitionsOfType(OperationDefinition.class)));
    }

    private String findViolation(List<OperationDefinition> operations) {
        int fields = 0;
        int topFields = 0;
        Deque<Level> levels = new ArrayDeque<>();
        operations.forEach(operation -> levels.add(new Level(operation.getSelectionSet(), 1)));
        while (!levels.isEmpty()) {
            Level level = levels.pop();
            if (level.depth > MAX_DEPTH) {
                return "The query is nested deeper than the limit of " + MAX_DEPTH + " levels.";
            }
            List<Field> here = collectFields(level.selections);
            fields += here.size();
            topFields += level.depth == 1 ? here.size() : 0;
            if (fields > MAX_FIELDS) {
                return "The query selects more than the limit of " + MAX_FIELDS + " fields.";
            }
            if (here.stream().filter(field -> field.getAlias() != null).count() > MAX_ALIASES) {
                return "The query has more aliases on one level than the limit of " + MAX_ALIASES + ".";
            }
            here.stream()
                    .map(Field::getSelectionSet)
                    .filter(inner -> inner != null)
                    .forEach(inner -> levels.push(new Level(inner, level.depth + 1)));
        }
        return topFields > MAX_TOP_FIELDS
                ? "The query has more top-level fields than the limit of " + MAX_TOP_FIELDS + "."
                : null;
    }

    /** Returns the fields of one level, with those of its fragments. */
    private List<Field> collectFields(SelectionSet selections) {
        List<Field> fields = new ArrayList<>();
        Set<String> used = new HashSet<>();
        Deque<Selection<?>> open = new ArrayDeque<>(getSelections(selections));
        while (!open.isEmpty()) {
            switch (open.pop()) {
                case Field field -> fields.add(field);
                case InlineFragment inline -> open.addAll(getSelections(inline.getSelectionSet()));
                case FragmentSpread spread
                when used.add(spread.getName()) && fragments.containsKey(spread.getName()) ->
                    open.addAll(getSelections(fragments.get(spread.getName()).getSelectionSet()));
                default -> {} // a fragment that is included already, or an unknown one, which validation reports
            }
        }
        return fields;
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // the library returns raw types
    private static List<Selection<?>> getSelections(SelectionSet set) {
        return set == null ? List.of() : (List) set.getSelections();
    }
}
