package dev.kiroku.core.registry;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the audit log keeps of a model or version that was created or deleted: what clients gave, not what is computed
 * or stored elsewhere.
 */
final class AuditContent {
    private AuditContent() {}

    static Map<String, @Nullable Object> of(RegisteredModel model) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("description", model.description());
        content.put("tags", tags(model.tags()));
        content.put("aliases", model.aliases().isEmpty() ? null : model.aliases());
        return content;
    }

    static Map<String, @Nullable Object> of(ModelVersion version) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("source", version.source());
        content.put("run_id", version.runId());
        content.put("description", version.description());
        content.put("stage", version.currentStage());
        content.put("tags", tags(version.tags()));
        content.put("aliases", version.aliases().isEmpty() ? null : version.aliases());
        return content;
    }

    private static @Nullable Map<String, String> tags(List<KeyValue> tags) {
        Map<String, String> all = new LinkedHashMap<>();
        tags.forEach(tag -> all.put(tag.key(), tag.value()));
        return all.isEmpty() ? null : all;
    }
}
