package dev.kiroku.server.graphql;

import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.IntValue;
import graphql.language.Value;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import java.util.Locale;

/** Scalar of 64-bit integers, written as strings and read from strings or numbers. */
final class LongString implements Coercing<Long, String> {
    static final GraphQLScalarType TYPE = GraphQLScalarType.newScalar()
            .name("LongString")
            .coercing(new LongString())
            .build();

    private static final String WHOLE_NUMBER = "[-+]?\\d{1,19}";

    private LongString() {}

    @Override
    public String serialize(Object number, GraphQLContext context, Locale locale) {
        return number.toString();
    }

    @Override
    public Long parseValue(Object input, GraphQLContext context, Locale locale) {
        if (!input.toString().matches(WHOLE_NUMBER)) {
            throw new CoercingParseValueException("LongString must be a whole number.");
        }
        try {
            return Long.valueOf(input.toString());
        } catch (NumberFormatException e) {
            throw new CoercingParseValueException("LongString must be a whole number of 64 bits.", e);
        }
    }

    @Override
    public Long parseLiteral(Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
        if (input instanceof IntValue number && number.getValue().bitLength() < Long.SIZE) {
            return number.getValue().longValue();
        }
        throw new CoercingParseLiteralException("LongString must be a whole number of 64 bits.");
    }
}
