package dev.kiroku.transfer.source.rest;

import dev.kiroku.transfer.source.JsonFields;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads an answer with metric points as a stream: servers that know no pages send millions of them at once. */
final class HistoryParser {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private HistoryParser() {}

    /** Takes points. */
    interface PointConsumer {
        /** Takes a point; returns whether to go on. */
        boolean accept(long timestamp, long step, double value);
    }

    /**
     * Passes the points of an answer to a consumer. Returns the token of the next page; null if there is none, or the consumer has stopped.
     *
     * @throws IOException if the answer breaks off or is not JSON
     */
    static @Nullable String parse(InputStream answer, PointConsumer consumer) throws IOException {
        String token = null;
        try (JsonParser parser = JSON.createParser(answer)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("metrics") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        if (!parsePoint(parser, consumer)) {
                            return null;
                        }
                    }
                } else if (name.equals("next_page_token") && value == JsonToken.VALUE_STRING) {
                    token = parser.getString();
                } else {
                    parser.skipChildren();
                }
            }
            return token;
        } catch (JacksonException | NumberFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static boolean parsePoint(JsonParser parser, PointConsumer consumer) {
        long timestamp = 0;
        long step = 0;
        double value = 0;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "timestamp" -> timestamp = wholeNumber(parser);
                case "step" -> step = wholeNumber(parser);
                case "value" -> value = number(parser);
                default -> parser.skipChildren();
            }
        }
        return consumer.accept(timestamp, step, value);
    }

    private static long wholeNumber(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_STRING
                ? Long.parseLong(parser.getString())
                : parser.getLongValue();
    }

    private static double number(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_STRING
                ? JsonFields.parseDouble(parser.getString())
                : parser.getDoubleValue();
    }
}
