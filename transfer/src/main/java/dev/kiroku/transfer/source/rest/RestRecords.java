package dev.kiroku.transfer.source.rest;

import static dev.kiroku.transfer.source.JsonFields.keyValues;
import static dev.kiroku.transfer.source.JsonFields.number;
import static dev.kiroku.transfer.source.JsonFields.requireNumber;
import static dev.kiroku.transfer.source.JsonFields.text;
import static java.util.Objects.requireNonNullElse;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.transfer.source.JsonFields;
import dev.kiroku.transfer.source.JsonRecords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Converts answers of the API to records. Lists are sorted as those of a database are: the order of an answer says nothing, and a repeated import
 * must not take it for a change.
 */
final class RestRecords {
    private RestRecords() {}

    private static <T> List<T> sorted(List<T> items, Comparator<T> order) {
        return items.stream().sorted(order).toList();
    }

    static List<KeyValue> sortedPairs(JsonNode pairs) {
        return sorted(keyValues(pairs), Comparator.comparing(KeyValue::key));
    }

    static ExperimentRecord experiment(JsonNode experiment) {
        ExperimentRecord record = JsonRecords.experiment(experiment);
        return new ExperimentRecord(
                record.id(),
                record.name(),
                record.artifactLocation(),
                record.stage(),
                record.creationTime(),
                record.lastUpdateTime(),
                sortedPairs(experiment.path("tags")));
    }

    static String runId(JsonNode run) {
        JsonNode info = run.path("info");
        return requireNonNullElse(text(info, "run_id"), requireNonNullElse(text(info, "run_uuid"), ""));
    }

    static RunRecord run(JsonNode run) {
        JsonNode info = run.path("info");
        JsonNode data = run.path("data");
        return new RunRecord(
                runId(run),
                requireNumber(info, "experiment_id"),
                requireNonNullElse(text(info, "run_name"), ""),
                requireNonNullElse(text(info, "user_id"), ""),
                JsonRecords.status(text(info, "status")),
                number(info, "start_time", 0),
                number(info, "end_time"),
                JsonRecords.stage(info),
                null,
                requireNonNullElse(text(info, "artifact_uri"), ""),
                sortedPairs(data.path("params")),
                sortedPairs(data.path("tags")),
                datasets(run.path("inputs").path("dataset_inputs")),
                sorted(
                        JsonRecords.modelInputs(run.path("inputs").path("model_inputs")),
                        Comparator.comparing(ModelInput::modelId)),
                sorted(
                        JsonRecords.modelOutputs(run.path("outputs").path("model_outputs")),
                        Comparator.comparing(ModelOutput::modelId)),
                RunRecord.UNKNOWN);
    }

    private static List<DatasetInput> datasets(JsonNode inputs) {
        Function<DatasetInput, String> name = input -> input.dataset().name();
        return JsonRecords.datasets(inputs).stream()
                .map(input ->
                        new DatasetInput(sorted(input.tags(), Comparator.comparing(KeyValue::key)), input.dataset()))
                .sorted(Comparator.comparing(name)
                        .thenComparing(input -> input.dataset().digest()))
                .toList();
    }

    static LoggedModelRecord loggedModel(JsonNode model) {
        JsonNode info = model.path("info");
        JsonNode data = model.path("data");
        String id = requireNonNullElse(text(info, "model_id"), "");
        long created = number(info, "creation_timestamp_ms", 0);
        return new LoggedModelRecord(
                id,
                requireNumber(info, "experiment_id"),
                requireNonNullElse(text(info, "name"), id),
                requireNonNullElse(text(info, "artifact_uri"), ""),
                created,
                number(info, "last_updated_timestamp_ms", created),
                loggedModelStatus(text(info, "status")),
                LifecycleStage.ACTIVE,
                text(info, "model_type"),
                text(info, "source_run_id"),
                text(info, "status_message"),
                sortedPairs(data.path("params")),
                sortedPairs(info.path("tags")),
                metrics(id, text(info, "source_run_id"), data.path("metrics")));
    }

    private static LoggedModelStatus loggedModelStatus(@Nullable String status) {
        for (LoggedModelStatus each : LoggedModelStatus.values()) {
            if (each.name().equals(status)) {
                return each;
            }
        }
        return LoggedModelStatus.LOGGED_MODEL_STATUS_UNSPECIFIED;
    }

    /** @param sourceRunId the run of metrics that name none */
    private static List<Metric> metrics(String modelId, @Nullable String sourceRunId, JsonNode nodes) {
        List<Metric> metrics = new ArrayList<>();
        for (JsonNode metric : nodes) {
            JsonNode value = metric.path("value");
            String runId = text(metric, "run_id") == null ? sourceRunId : text(metric, "run_id");
            if (runId == null) {
                continue;
            }
            metrics.add(new Metric(
                    metric.path("key").asString(""),
                    value.isString() ? JsonFields.parseDouble(value.stringValue()) : value.asDouble(0),
                    number(metric, "timestamp", 0),
                    number(metric, "step", 0),
                    text(metric, "dataset_name"),
                    text(metric, "dataset_digest"),
                    modelId,
                    runId));
        }
        return sorted(
                metrics,
                Comparator.comparing(Metric::key)
                        .thenComparingLong(Metric::timestamp)
                        .thenComparingLong(Metric::step)
                        .thenComparing(metric -> requireNonNullElse(metric.runId(), "")));
    }

    /** Returns a webhook that is not active: the server does not tell whether it has a secret, which the receiver may insist on. */
    static WebhookRecord webhook(JsonNode webhook) {
        List<String> events = new ArrayList<>();
        for (JsonNode event : webhook.path("events")) {
            events.add((event.path("entity").asString("") + "."
                            + event.path("action").asString(""))
                    .toLowerCase(Locale.ROOT));
        }
        webhook.path("other_events").forEach(event -> events.add(event.asString("")));
        long created = number(webhook, "creation_timestamp", 0);
        return new WebhookRecord(
                requireNonNullElse(text(webhook, "webhook_id"), ""),
                requireNonNullElse(text(webhook, "name"), ""),
                text(webhook, "description"),
                requireNonNullElse(text(webhook, "url"), ""),
                events.stream().sorted().toList(),
                false,
                created,
                number(webhook, "last_updated_timestamp", created));
    }
}
