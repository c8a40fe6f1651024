package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The run tag {@code mlflow.log-model.history}: a JSON list with the descriptions of the models that a run logged. */
final class LogModelHistoryTag {
    static final String TAG = "mlflow.log-model.history";

    private static final List<String> COPIED_FIELDS =
            List.of("run_id", "utc_time_created", "artifact_path", "model_uuid");
    private static final List<String> REQUIRED_FIELDS =
            List.of("artifact_path", "flavors", "utc_time_created", "run_id");
    private static final JsonMapper JSON = new JsonMapper();

    private LogModelHistoryTag() {}

    /** Returns the entry of a model, given the content of its file {@code MLmodel} as JSON: everything except configurations of flavors. */
    static ObjectNode createEntry(String modelJson) {
        JsonNode model;
        try {
            model = JSON.readTree(modelJson);
        } catch (JacksonException e) {
            throw invalid("Malformed model info: model_json is not valid JSON: %s", e.getOriginalMessage());
        }
        List<String> missing =
                REQUIRED_FIELDS.stream().filter(f -> !model.has(f)).toList();
        if (!missing.isEmpty()) {
            throw invalid("Model json is missing mandatory fields: %s", missing);
        }
        ObjectNode entry = JSON.createObjectNode();
        COPIED_FIELDS.stream().filter(model::has).forEach(f -> entry.set(f, model.get(f)));
        ObjectNode flavors = entry.putObject("flavors");
        model.get("flavors").properties().forEach(flavor -> {
            JsonNode config = flavor.getValue();
            flavors.set(
                    flavor.getKey(),
                    config instanceof ObjectNode object ? object.deepCopy().without("config") : config);
        });
        return entry;
    }

    /** Returns the value of the tag with an entry added; {@code before} is null if there is no tag yet. */
    static String append(@Nullable String before, ObjectNode entry) {
        ArrayNode all = JSON.createArrayNode();
        if (before != null && !before.isEmpty() && parse(before) instanceof ArrayNode earlier) {
            all.addAll(earlier);
        }
        return all.add(entry).toString();
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw invalid(
                    "The tag %s of the run is not a JSON list, so no model can be added to it; delete the tag first.",
                    TAG);
        }
    }
}
