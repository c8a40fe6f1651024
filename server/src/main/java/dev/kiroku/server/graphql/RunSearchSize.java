package dev.kiroku.server.graphql;

import graphql.language.Argument;
import graphql.language.Field;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.OperationDefinition;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.language.VariableReference;
import java.math.BigInteger;
import java.util.Map;

/** The number of runs that a search in a query can return, by {@code maxResults} of its input. */
final class RunSearchSize {
    private static final int MAX_RUNS = 50_000;
    private static final int DEFAULT_RUNS = 1000;

    private final OperationDefinition operation;
    private final Map<String, Object> variables;

    /**
     * @param operation the operation that has the search, with the default values of its variables
     * @param variables the variables of the request
     */
    RunSearchSize(OperationDefinition operation, Map<String, Object> variables) {
        this.operation = operation;
        this.variables = variables;
    }

    /** Returns an upper bound: a value that is not a number counts as the maximum. */
    int of(Field search) {
        Object input = search.getArguments().stream()
                .filter(argument -> argument.getName().equals("input"))
                .findFirst()
                .map(Argument::getValue)
                .map(this::resolve)
                .orElse(null);
        Object runs = switch (input) {
            case ObjectValue object -> resolve(getMember(object));
            case Map<?, ?> map -> map.get("maxResults");
            case null, default -> null;
        };
        return switch (runs) {
            case null -> DEFAULT_RUNS;
            case Number number -> Math.clamp(number.longValue(), 0, MAX_RUNS);
            case IntValue number ->
                number.getValue()
                        .max(BigInteger.ZERO)
                        .min(BigInteger.valueOf(MAX_RUNS))
                        .intValue();
            default -> MAX_RUNS;
        };
    }

    private static Value<?> getMember(ObjectValue object) {
        return object.getObjectFields().stream()
                .filter(field -> field.getName().equals("maxResults"))
                .findFirst()
                .<Value<?>>map(ObjectField::getValue)
                .orElse(null);
    }

    /** Returns the value of a variable, or {@code value} itself; null for the null of GraphQL. */
    private Object resolve(Value<?> value) {
        Object resolved = value;
        if (value instanceof VariableReference variable) {
            resolved = variables.containsKey(variable.getName())
                    ? variables.get(variable.getName())
                    : operation.getVariableDefinitions().stream()
                            .filter(definition -> definition.getName().equals(variable.getName()))
                            .findFirst()
                            .map(VariableDefinition::getDefaultValue)
                            .orElse(null);
        }
        return resolved instanceof NullValue ? null : resolved;
    }
}
