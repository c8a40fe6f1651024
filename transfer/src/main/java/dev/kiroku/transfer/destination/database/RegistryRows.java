package dev.kiroku.transfer.destination.database;

import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Metric;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the rows of logged and registered models. */
record RegistryRows(RowWriter rows) {
    private static final List<String> LOGGED_MODEL_COLUMNS = List.of(
            "model_id",
            "experiment_id",
            "name",
            "artifact_location",
            "creation_timestamp_ms",
            "last_updated_timestamp_ms",
            "status",
            "lifecycle_stage",
            "model_type",
            "source_run_id",
            "status_message");
    private static final List<String> LOGGED_METRIC_COLUMNS = List.of(
            "model_id",
            "metric_name",
            "metric_timestamp_ms",
            "metric_step",
            "run_id",
            "metric_value",
            "experiment_id",
            "dataset_uuid",
            "dataset_name",
            "dataset_digest");
    private static final List<String> MODEL_COLUMNS =
            List.of("name", "creation_time", "last_updated_time", "description");
    private static final List<String> VERSION_COLUMNS = List.of(
            "name",
            "version",
            "creation_time",
            "last_updated_time",
            "description",
            "current_stage",
            "source",
            "run_id",
            "status",
            "run_link",
            "storage_location");

    void putLoggedModel(LoggedModelRecord model) throws SQLException {
        rows.put(
                "logged_models",
                1,
                LOGGED_MODEL_COLUMNS,
                model.id(),
                model.experimentId(),
                model.name(),
                model.artifactLocation(),
                model.creationTime(),
                model.lastUpdateTime(),
                model.status().ordinal(),
                model.stage().wireName(),
                model.modelType(),
                model.sourceRunId(),
                model.statusMessage());
    }

    void putLoggedModelValues(LoggedModelRecord model) throws SQLException {
        for (KeyValue param : model.params()) {
            rows.put(
                    "logged_model_params",
                    2,
                    List.of("model_id", "param_key", "experiment_id", "param_value"),
                    model.id(),
                    param.key(),
                    model.experimentId(),
                    param.value());
        }
        for (KeyValue tag : model.tags()) {
            rows.put(
                    "logged_model_tags",
                    2,
                    List.of("model_id", "tag_key", "experiment_id", "tag_value"),
                    model.id(),
                    tag.key(),
                    model.experimentId(),
                    tag.value());
        }
    }

    void putLoggedModelMetric(LoggedModelRecord model, Metric metric, @Nullable String datasetId) throws SQLException {
        rows.insert(
                "logged_model_metrics",
                LOGGED_METRIC_COLUMNS,
                model.id(),
                metric.key(),
                metric.timestamp(),
                metric.step(),
                metric.runId(),
                metric.value(),
                model.experimentId(),
                datasetId,
                metric.datasetName(),
                metric.datasetDigest());
    }

    void putRegisteredModels(List<RegisteredModelRecord> models) throws SQLException {
        for (RegisteredModelRecord model : models) {
            rows.put(
                    "registered_models",
                    1,
                    MODEL_COLUMNS,
                    model.name(),
                    model.creationTime(),
                    model.lastUpdateTime(),
                    model.description());
        }
        rows.flush();
        for (RegisteredModelRecord model : models) {
            for (KeyValue tag : model.tags()) {
                rows.put(
                        "registered_model_tags",
                        2,
                        List.of("key", "name", "value"),
                        tag.key(),
                        model.name(),
                        tag.value());
            }
            for (RegisteredModelRecord.Version version : model.versions()) {
                putVersion(model.name(), version);
            }
        }
        rows.flush();
        for (RegisteredModelRecord model : models) {
            for (RegisteredModelRecord.Version version : model.versions()) {
                for (KeyValue tag : version.tags()) {
                    rows.put(
                            "model_version_tags",
                            3,
                            List.of("key", "name", "version", "value"),
                            tag.key(),
                            model.name(),
                            version.version(),
                            tag.value());
                }
            }
            for (RegisteredModelRecord.Alias alias : model.aliases()) {
                rows.put(
                        "registered_model_aliases",
                        2,
                        List.of("name", "alias", "version"),
                        model.name(),
                        alias.alias(),
                        alias.version());
            }
        }
    }

    private void putVersion(String model, RegisteredModelRecord.Version version) throws SQLException {
        rows.put(
                "model_versions",
                2,
                VERSION_COLUMNS,
                model,
                version.version(),
                version.creationTime(),
                version.lastUpdateTime(),
                version.description(),
                version.stage().wireName(),
                version.source(),
                version.runId(),
                "READY",
                version.runLink(),
                version.storageLocation());
    }
}
