package dev.kiroku.server.graphql;

import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.parser.ParserOptions;
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
 * Limits on the size of a query, with MLflow's values, and on the searches that it can cause. Fields of fragments count once for each use; a
 * recursive fragment exceeds the maximum depth.
 */
final class QueryLimits {
    private static final int MAX_DEPTH = 10;
    private static final int MAX_FIELDS = 1000;
    private static final int MAX_TOP_FIELDS = 10;
    private static final int MAX_ALIASES = 10;
    /** A search counts one for each batch of runs that it can return, and so does what is read for these runs. */
    private static final int MAX_SEARCHES = 100;

    private static final String RUN_SEARCH = "mlflowSearchRuns";
    private static final Set<String> READ_FOR_RUNS = Set.of("experiment", "modelVersions");

    /** The queries of MLflow's pages have up to 2,000 characters and 300 tokens. */
    private static final int MAX_CHARACTERS = 100_000;

    private static final int MAX_TOKENS = 15_000;

    /** The limits on the text of a query. */
    static final ParserOptions TEXT = ParserOptions.newParserOptions()
            .maxCharacters(MAX_CHARACTERS)
            .maxTokens(MAX_TOKENS)
            .maxWhitespaceTokens(MAX_CHARACTERS)
            .maxRuleDepth(200)
            .build();

    /** @param batches the batches of runs that the level may be answered for */
    private record Level(OperationDefinition operation, SelectionSet selections, int depth, int batches) {}

    private final Map<String, FragmentDefinition> fragments = new HashMap<>();

    private final Map<String, Object> variables;

    private QueryLimits(Document document, Map<String, Object> variables) {
        this.variables = variables;
        document.getDefinitionsOfType(FragmentDefinition.class)
                .forEach(fragment -> fragments.putIfAbsent(fragment.getName(), fragment));
    }

    /** Returns a sentence about the first exceeded limit, or empty. */
    static Optional<String> findViolation(Document document, Map<String, Object> variables) {
        return Optional.ofNullable(new QueryLimits(document, variables)
                .findViolation(document.getDefinitionsOfType(OperationDefinition.class)));
    }

    private String findViolation(List<OperationDefinition> operations) {
        int fields = 0;
        int topFields = 0;
        int searches = 0;
        Deque<Level> levels = new ArrayDeque<>();
        operations.forEach(operation -> levels.add(new Level(operation, operation.getSelectionSet(), 1, 1)));
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
            for (Field field : here) {
                int batches = level.depth == 1 ? batches(field, level.operation) : level.batches;
                searches += level.depth == 1 || READ_FOR_RUNS.contains(field.getName()) ? batches : 0;
                if (field.getSelectionSet() != null) {
                    levels.push(new Level(level.operation, field.getSelectionSet(), level.depth + 1, batches));
                }
            }
            if (searches > MAX_SEARCHES) {
                return "The query can cause more searches than the limit of " + MAX_SEARCHES
                        + ". Select fewer fields, or set a smaller maxResults.";
            }
        }
        return topFields > MAX_TOP_FIELDS
                ? "The query has more top-level fields than the limit of " + MAX_TOP_FIELDS + "."
                : null;
    }

    private int batches(Field field, OperationDefinition operation) {
        int runs = field.getName().equals(RUN_SEARCH) ? new RunSearchSize(operation, variables).of(field) : 1;
        return Math.max(1, Math.ceilDiv(runs, RunRelations.BATCH));
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
