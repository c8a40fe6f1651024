package dev.kiroku.cli.remote;

import dev.kiroku.wire.WireReader;
import dev.kiroku.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Converts records to JSON and back, with the names of the wire format. Thread-safe. */
public final class JsonFormatter {
    private final WireWriter writer = new WireWriter();
    private final WireReader reader = new WireReader();
    private final JsonMapper json = new JsonMapper();

    /** Returns indented JSON. */
    public String toPrettyJson(Record answer) {
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(json.readTree(writer.toJson(answer)));
    }

    /** Returns JSON on one line. */
    public String toJsonLine(Record answer) {
        return new String(writer.toJson(answer), StandardCharsets.UTF_8);
    }

    /** Parses the result of {@link #toJsonLine}. */
    public <R extends Record> R fromJsonLine(String line, Class<R> type) {
        return reader.fromJson(line.getBytes(StandardCharsets.UTF_8), Map.of(), type);
    }
}
