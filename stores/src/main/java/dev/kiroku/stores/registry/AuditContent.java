package dev.kiroku.stores.registry;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the audit log keeps of something that came or went: what people gave it, and not what can be computed or read elsewhere. */
final class AuditContent {
    private AuditContent() {}

    static Map<String, Object> of(RegisteredModel model) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("description", model.description());
        content.put("tags", tags(model.tags()));
        content.put("aliases", model.aliases().isEmpty() ? null : model.aliases());
        return content;
    }

    static Map<String, Object> of(ModelVersion version) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("source", version.source());
        content.put("run_id", version.runId());
        content.put("description", version.description());
        content.put("stage", version.currentStage());
        content.put("tags", tags(version.tags()));
        content.put("aliases", version.aliases().isEmpty() ? null : version.aliases());
        return content;
    }

    private static Map<String, String> tags(List<KeyValue> tags) {
        Map<String, String> all = new LinkedHashMap<>();
        tags.forEach(tag -> all.put(tag.key(), tag.value()));
        return all.isEmpty() ? null : all;
    }
}
