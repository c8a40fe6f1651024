package dev.kiroku.server.graphql;

import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLType;
import java.util.List;
import java.util.Map;

/** Fetcher of fields from the maps of a response, by name. An absent field has the default value of protocol buffers. */
final class ResponseFieldFetcher implements DataFetcher<Object> {
    /** Always null in MLflow's responses, which report errors under {@code errors}. */
    private static final String ERROR_TYPE = "ApiError";

    @Override
    public Object get(DataFetchingEnvironment field) {
        Object value =
                ((Map<?, ?>) field.getSource()).get(field.getFieldDefinition().getName());
        if (value instanceof Double number && number.isNaN()) {
            return null;
        }
        return value == null ? defaultValue(field.getFieldType()) : value;
    }

    private static Object defaultValue(GraphQLType type) {
        return switch (type) {
            case GraphQLNonNull some -> defaultValue(some.getWrappedType());
            case GraphQLList _ -> List.of();
            case GraphQLObjectType object -> object.getName().equals(ERROR_TYPE) ? null : Map.of();
            case GraphQLEnumType constants -> constants.getValues().getFirst().getName();
            case GraphQLNamedType scalar ->
                switch (scalar.getName()) {
                    case "String" -> "";
                    case "Boolean" -> false;
                    case "Float" -> 0.0;
                    default -> 0L;
                };
            default -> null;
        };
    }
}
