package dev.kiroku.conformance;

import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** A response of a server. A body that is not JSON is kept as a JSON string. */
public record RecordedResponse(int status, String contentType, JsonNode body) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    static RecordedResponse of(int status, String contentType, String text) {
        String type = contentType.replaceFirst(";.*", "").strip();
        return new RecordedResponse(
                status,
                type,
                type.equals("application/json") ? parse(text) : JsonNodeFactory.instance.stringNode(text));
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.stringNode("no JSON: " + text);
        }
    }

    public boolean isError() {
        return status >= 400;
    }

    boolean isJson() {
        return contentType.equals("application/json");
    }

    /** Returns the value at a path such as {@code run.info.run_id} or {@code runs.0.info.run_id}, or an empty string. */
    String at(String place) {
        JsonNode node = body;
        for (String step : place.split("\\.")) {
            node = node.isArray() ? node.path(Integer.parseInt(step)) : node.path(step);
        }
        return node.asString("");
    }

    @Override
    public String toString() {
        return status + " " + contentType + " " + body;
    }
}
