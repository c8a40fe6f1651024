package dev.kiroku.transfer.source.directory;

import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.transfer.source.PointCollector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON file of an export. The records are in the field {@code mlflow}; the first releases had no such field. Metrics, which can be long, are
 * read as a stream.
 */
record ExportedFile(Path path) {
    private static final String METRICS = "metrics";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python writes NaN as a bare word
            .build();

    /** Returns the fields of the record except metrics. */
    ObjectNode read() throws IOException {
        ObjectNode fields = JSON.createObjectNode();
        parse((name, parser) -> {
            if (name.equals(METRICS)) {
                parser.skipChildren();
            } else {
                fields.set(name, parser.readValueAsTree());
            }
        });
        return fields;
    }

    /** Passes the metric points. */
    void readMetrics(String runId, Consumer<RunMetrics> consumer) throws IOException {
        PointCollector points = new PointCollector(consumer);
        parse((name, parser) -> {
            if (!name.equals(METRICS) || parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    JsonNode point = parser.readValueAsTree();
                    points.add(
                            runId,
                            key,
                            point.path("timestamp").asLong(),
                            point.path("step").asLong(0),
                            point.path("value").asDouble());
                }
            }
        });
        points.end();
    }

    private interface FieldReader {
        void read(String name, JsonParser parser) throws IOException;
    }

    private void parse(FieldReader reader) throws IOException {
        try (InputStream in = Files.newInputStream(path);
                JsonParser parser = JSON.createParser(in)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is not a JSON object");
            }
            readFields(parser, reader, true);
        } catch (JacksonException e) {
            throw new IOException("it is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void readFields(JsonParser parser, FieldReader reader, boolean outer) throws IOException {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (outer && name.equals("mlflow") && value == JsonToken.START_OBJECT) {
                readFields(parser, reader, false);
            } else {
                reader.read(name, parser);
            }
        }
    }
}
