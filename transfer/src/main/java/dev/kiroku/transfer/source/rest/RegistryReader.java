package dev.kiroku.transfer.source.rest;

import static dev.kiroku.transfer.source.JsonFields.keyValues;
import static dev.kiroku.transfer.source.JsonFields.number;
import static dev.kiroku.transfer.source.JsonFields.text;

import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Alias;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.transfer.source.JsonRecords;
import dev.kiroku.transfer.source.files.Problems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads registered models and prompts with their versions. Searches do not return prompts unless they ask for them. */
final class RegistryReader {
    private static final String MODELS = "/2.0/mlflow/registered-models/";
    private static final String VERSIONS = "/2.0/mlflow/model-versions/";
    private static final String PROMPT_TAG = "mlflow.prompt.is_prompt";
    private static final String IS_PROMPT = "tags.`" + PROMPT_TAG + "` = 'true'";
    private static final int MODELS_PER_PAGE = 100;
    private static final int VERSIONS_PER_PAGE = 1000;

    private final ServerReader server;
    private final Problems problems;

    RegistryReader(ServerReader server, Problems problems) {
        this.server = server;
        this.problems = problems;
    }

    /** Returns the registered models without prompts. */
    Iterator<List<RegisteredModelRecord>> models() {
        return new TokenPages<>(token -> page("", token));
    }

    /** Returns the prompts. */
    Iterator<List<RegisteredModelRecord>> prompts() {
        return new TokenPages<>(token -> page(IS_PROMPT, token));
    }

    /** Returns a model or prompt; throws RESOURCE_DOES_NOT_EXIST if there is none. */
    RegisteredModelRecord get(String name) {
        return read(server.get(MODELS + "get", Map.of("name", name)).path("registered_model"));
    }

    private Page<RegisteredModelRecord> page(String filter, @Nullable String token) {
        JsonNode answer = server.get(MODELS + "search", query(filter, MODELS_PER_PAGE, token));
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode model : answer.path("registered_models")) {
            String name = model.path("name").asString("");
            if (name.contains("'") && name.contains("\"")) {
                problems.add(
                        "The registered model %s is left out: no filter can name it. Import from the database of the server."
                                .formatted(name));
            } else if (isPrompt(model) == filter.equals(IS_PROMPT)) {
                found.add(model);
            }
        }
        List<RegisteredModelRecord> models = new ArrayList<>();
        ReadAhead.each(found, this::read, (_, result) -> models.add(result.get()));
        return new Page<>(models, text(answer, "next_page_token"));
    }

    private static boolean isPrompt(JsonNode model) {
        return keyValues(model.path("tags")).contains(new KeyValue(PROMPT_TAG, "true"));
    }

    private static Map<String, String> query(String filter, int maxResults, @Nullable String token) {
        Map<String, String> query = new HashMap<>();
        query.put("max_results", Integer.toString(maxResults));
        if (!filter.isEmpty()) {
            query.put("filter", filter);
        }
        if (token != null) {
            query.put("page_token", token);
        }
        return query;
    }

    /** Returns the model of an answer with its versions. */
    private RegisteredModelRecord read(JsonNode model) {
        String name = model.path("name").asString("");
        List<Version> versions = versions(name, isPrompt(model));
        long created = number(model, "creation_timestamp", 0);
        return new RegisteredModelRecord(
                name,
                text(model, "description"),
                created,
                number(model, "last_updated_timestamp", created),
                versions.isEmpty() ? 0 : versions.getLast().version(),
                RestRecords.sortedPairs(model.path("tags")),
                versions,
                JsonRecords.aliases(model.path("aliases")).stream()
                        .sorted(Comparator.comparing(Alias::alias))
                        .toList());
    }

    private List<Version> versions(String name, boolean prompt) {
        String quote = name.contains("'") ? "\"" : "'";
        String filter = "name = " + quote + name + quote + (prompt ? " AND " + IS_PROMPT : "");
        Iterator<List<JsonNode>> pages = new TokenPages<>(token -> {
            JsonNode answer = server.get(VERSIONS + "search", query(filter, VERSIONS_PER_PAGE, token));
            List<JsonNode> items = new ArrayList<>();
            answer.path("model_versions").forEach(items::add);
            return new Page<>(items, text(answer, "next_page_token"));
        });
        List<JsonNode> found = new ArrayList<>();
        while (pages.hasNext()) {
            for (JsonNode version : pages.next()) {
                // Some databases compare names without regard to case.
                if (name.equals(version.path("name").asString(""))) {
                    found.add(version);
                }
            }
        }
        return JsonRecords.versions(found).stream().map(v -> complete(name, v)).toList();
    }

    /** Returns a version with sorted tags, and with the place of its files if its source is another model. */
    private Version complete(String name, Version v) {
        String location = v.source().startsWith("models:") ? downloadUri(name, v) : v.storageLocation();
        return new Version(
                v.version(),
                v.creationTime(),
                v.lastUpdateTime(),
                v.description(),
                v.stage(),
                v.source(),
                location,
                v.runId(),
                v.runLink(),
                v.tags().stream().sorted(Comparator.comparing(KeyValue::key)).toList());
    }

    private String downloadUri(String name, Version version) {
        try {
            JsonNode answer = server.get(
                    VERSIONS + "get-download-uri", Map.of("name", name, "version", Long.toString(version.version())));
            String uri = text(answer, "artifact_uri");
            return uri == null ? version.source() : uri;
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE) {
                throw e;
            }
            return version.source();
        }
    }
}
