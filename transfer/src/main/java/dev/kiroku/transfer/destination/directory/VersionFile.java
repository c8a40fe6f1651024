package dev.kiroku.transfer.destination.directory;

import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The file {@code model.json}. The tool takes a version whose source has the ID of an exported run, and after {@code artifacts} the path of a folder
 * of this run; it stops at all others. So these are in a field that it ignores, with the fields that Kiroku reads.
 */
final class VersionFile {
    private VersionFile() {}

    /**
     * A version as it is written.
     *
     * @param source the path of its files in the export; null if the tool cannot take it
     * @param experiment the name of the experiment of its run; null as {@code source}
     */
    record ExportedVersion(
            Version version,
            @Nullable String source,
            @Nullable String experiment) {}

    static void write(JsonGenerator json, RegisteredModelRecord model, List<ExportedVersion> versions) {
        json.writeObjectPropertyStart("registered_model");
        json.writeStringProperty("name", model.name());
        json.writeNumberProperty("creation_timestamp", model.creationTime());
        json.writeNumberProperty("last_updated_timestamp", model.lastUpdateTime());
        json.writeStringProperty("description", model.description() == null ? "" : model.description());
        json.writePOJOProperty(
                "tags",
                model.tags().stream()
                        .map(tag -> Map.of("key", tag.key(), "value", tag.value()))
                        .toList());
        json.writePOJOProperty(
                "aliases",
                model.aliases().stream()
                        .map(alias -> Map.of("alias", alias.alias(), "version", Long.toString(alias.version())))
                        .toList());
        List<ExportedVersion> others = new ArrayList<>();
        json.writeArrayPropertyStart("versions");
        for (ExportedVersion version : versions) {
            if (version.source == null) {
                others.add(version);
            } else {
                write(json, model.name(), version);
            }
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("_other_versions");
        others.forEach(version -> write(json, model.name(), version));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String model, ExportedVersion exported) {
        Version version = exported.version;
        json.writeStartObject();
        json.writeStringProperty("name", model);
        json.writeStringProperty("version", Long.toString(version.version()));
        json.writeNumberProperty("creation_timestamp", version.creationTime());
        json.writeNumberProperty("last_updated_timestamp", version.lastUpdateTime());
        json.writeStringProperty("current_stage", version.stage().wireName());
        json.writeStringProperty("description", version.description() == null ? "" : version.description());
        json.writeStringProperty("status", "READY");
        json.writePOJOProperty("run_id", version.runId());
        json.writePOJOProperty("run_link", version.runLink());
        json.writeStringProperty("source", exported.source == null ? version.source() : exported.source);
        json.writeStringProperty("_source", version.source());
        json.writeStringProperty("storage_location", version.storageLocation());
        json.writePOJOProperty("tags", RunFile.map(version.tags()));
        if (exported.source != null && version.runId() != null) {
            json.writeStringProperty(
                    "_run_artifact_uri",
                    exported.source.substring(0, exported.source.indexOf("/artifacts") + "/artifacts".length()));
            json.writeStringProperty("_experiment_name", exported.experiment == null ? "" : exported.experiment);
        }
        json.writeEndObject();
    }
}
