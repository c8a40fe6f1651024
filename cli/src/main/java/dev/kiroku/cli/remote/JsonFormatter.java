package dev.kiroku.cli.remote;

import dev.kiroku.wire.WireReader;
import dev.kiroku.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Records as JSON with the wire's names, for programs that read what a command says. */
public final class JsonFormatter {
    private final WireWriter writer = new WireWriter();
    private final WireReader reader = new WireReader();
    private final JsonMapper json = new JsonMapper();

    /** JSON that people can read, too. */
    public String toPrettyJson(Record answer) {
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(json.readTree(writer.toJson(answer)));
    }

    /** JSON on one line. */
    public String toJsonLine(Record answer) {
        return new String(writer.toJson(answer), StandardCharsets.UTF_8);
    }

    /** Reads what {@link #toJsonLine} wrote. */
    public <R extends Record> R fromJsonLine(String line, Class<R> type) {
        return reader.fromJson(line.getBytes(StandardCharsets.UTF_8), Map.of(), type);
    }
}
