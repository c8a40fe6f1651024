package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.abbreviate;
import static java.util.Objects.requireNonNullElse;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.DatasetInputs;
import dev.kiroku.core.tracking.LocationRules;
import dev.kiroku.core.tracking.Validation;
import dev.kiroku.core.transfer.RegisteredModelRecord.Alias;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.JsonPath;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.ModelInput;
import dev.kiroku.model.tracking.ModelOutput;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.model.transfer.ImportApi.ImportedExperiment;
import dev.kiroku.model.transfer.ImportApi.ImportedModel;
import dev.kiroku.model.transfer.ImportApi.ImportedVersion;
import dev.kiroku.model.transfer.ImportApi.ImportedWebhook;
import dev.kiroku.model.transfer.TransferApi.ImportedLoggedModel;
import dev.kiroku.model.transfer.TransferApi.ImportedRun;
import dev.kiroku.model.webhooks.WebhookEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts records of requests to those that a store takes. Checks what the tables and the readers of the records rely on: ids, keys, names, times.
 * Values may be longer than those that clients may log: other servers have other limits.
 */
final class ImportedRecords {
    private static final int MAX_NAME = 500;
    private static final int MAX_MODEL_NAME = 256;
    private static final int MAX_KEY = 255;
    private static final int MAX_DATASET_DIGEST = 36;
    private static final Pattern MODEL_ID = Pattern.compile("[a-zA-Z0-9][\\w-]{0,255}");
    private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
    private static final Pattern EXPERIMENT_ID = Pattern.compile("\\d{1,19}");

    private ImportedRecords() {}

    static ExperimentRecord experiment(ImportedExperiment e) {
        requireLength("experiments.name", e.name(), MAX_NAME);
        long created = time("experiments.creation_time", e.creationTime());
        return new ExperimentRecord(
                experimentId(e.experimentId()),
                e.name(),
                location("experiments.artifact_location", e.artifactLocation()),
                stage(e.lifecycleStage()),
                created,
                e.lastUpdateTime() == null ? created : time("experiments.last_update_time", e.lastUpdateTime()),
                pairs("experiments.tags", e.tags()));
    }

    /** Returns a run of the experiment and with the artifacts that it names. */
    static RunRecord run(ImportedRun run) {
        Validation.requireRunId(run.runId());
        JsonPath path = JsonPath.ROOT.field("runs");
        if (run.experimentId() == null) {
            throw invalid("Missing value for required parameter '%s'.", path.field("experiment_id"));
        }
        List<DatasetInput> datasets = new ArrayList<>();
        for (DatasetInput input : run.datasetInputs()) {
            DatasetInput normalized = DatasetInputs.normalize(input);
            requireLength("runs.dataset_inputs.name", normalized.dataset().name(), MAX_NAME);
            requireLength("runs.dataset_inputs.digest", normalized.dataset().digest(), MAX_DATASET_DIGEST);
            pairs("runs.dataset_inputs.tags", input.tags());
            datasets.add(normalized);
        }
        requireModelReferences(run.modelInputs(), run.modelOutputs());
        return record(
                run,
                experimentId(run.experimentId()),
                location("runs.artifact_uri", run.artifactUri()),
                pairs("runs.params", run.params()),
                pairs("runs.tags", run.tags()),
                datasets);
    }

    /** Throws INVALID_PARAMETER_VALUE if the ID of a model is missing or has another form. */
    static void requireModelReferences(List<ModelInput> inputs, List<ModelOutput> outputs) {
        Validation.requireText(inputs, ModelInput::modelId, "runs.model_inputs", "model_id");
        Validation.requireText(outputs, ModelOutput::modelId, "runs.model_outputs", "model_id");
        inputs.forEach(input -> requireModelId(input.modelId()));
        outputs.forEach(output -> requireModelId(output.modelId()));
    }

    /** Returns a run with some of its fields. */
    static RunRecord record(
            ImportedRun run,
            long experimentId,
            String artifactUri,
            List<KeyValue> params,
            List<KeyValue> tags,
            List<DatasetInput> datasets) {
        return new RunRecord(
                run.runId(),
                experimentId,
                bounded("runs.run_name", run.runName(), MAX_NAME),
                bounded("runs.user_id", run.userId(), MAX_NAME),
                run.status() == null ? RunStatus.RUNNING : run.status(),
                time("runs.start_time", run.startTime()),
                run.endTime() == null ? null : (Long) time("runs.end_time", run.endTime()),
                stage(run.lifecycleStage()),
                run.deletedTime() == null ? null : (Long) time("runs.deleted_time", run.deletedTime()),
                artifactUri,
                params,
                tags,
                datasets,
                run.modelInputs(),
                run.modelOutputs(),
                RunRecord.UNKNOWN);
    }

    /** @param artifactLocation where its artifacts are */
    static LoggedModelRecord loggedModel(ImportedLoggedModel m, long experimentId, String artifactLocation) {
        requireModelId(m.modelId());
        requireLength("logged_models.name", m.name(), MAX_NAME);
        if (m.sourceRunId() != null && !m.sourceRunId().isEmpty()) {
            Validation.requireRunId(m.sourceRunId());
        }
        List<Metric> metrics = new ArrayList<>();
        Validation.requireText(m.metrics(), Metric::key, "logged_models.metrics", "key");
        Validation.requireText(m.metrics(), Metric::runId, "logged_models.metrics", "run_id");
        JsonPath path = JsonPath.ROOT.field("logged_models").field("metrics");
        for (Metric metric : m.metrics()) {
            Validation.requireMetric(metric, path);
            Validation.requireRunId(requireNonNullElse(metric.runId(), ""));
            bounded("logged_models.metrics.dataset_name", metric.datasetName(), MAX_NAME);
            bounded("logged_models.metrics.dataset_digest", metric.datasetDigest(), MAX_NAME);
            metrics.add(metric);
        }
        long created = time("logged_models.creation_time", m.creationTime());
        return new LoggedModelRecord(
                m.modelId(),
                experimentId,
                m.name(),
                artifactLocation,
                created,
                m.lastUpdateTime() == null ? created : time("logged_models.last_update_time", m.lastUpdateTime()),
                m.status() == null ? LoggedModelStatus.LOGGED_MODEL_STATUS_UNSPECIFIED : m.status(),
                stage(m.lifecycleStage()),
                m.modelType(),
                m.sourceRunId(),
                m.statusMessage(),
                pairs("logged_models.params", m.params()),
                pairs("logged_models.tags", m.tags()),
                metrics);
    }

    /** Returns a model of the experiment and with the artifacts that it names. */
    static LoggedModelRecord loggedModel(ImportedLoggedModel m) {
        if (m.experimentId() == null) {
            throw invalid("Missing value for required parameter 'logged_models.experiment_id'.");
        }
        return loggedModel(
                m, experimentId(m.experimentId()), location("logged_models.artifact_location", m.artifactLocation()));
    }

    static RegisteredModelRecord registeredModel(ImportedModel m) {
        requireLength("registered_models.name", m.name(), MAX_MODEL_NAME);
        if (m.name().isBlank()) {
            throw invalid("Missing value for required parameter 'registered_models.name'.");
        }
        requireDistinct(m.versions(), ImportedVersion::version, "version", "registered_models.versions");
        List<Version> versions =
                m.versions().stream().map(ImportedRecords::version).toList();
        Validation.requireText(m.aliases(), RegisteredModel.Alias::alias, "registered_models.aliases", "alias");
        Validation.requireText(m.aliases(), RegisteredModel.Alias::version, "registered_models.aliases", "version");
        requireDistinct(m.aliases(), RegisteredModel.Alias::alias, "alias", "registered_models.aliases");
        List<Alias> aliases = m.aliases().stream()
                .map(alias -> alias(m.name(), alias, versions))
                .toList();
        long created = time("registered_models.creation_time", m.creationTime());
        long newest = versions.stream().mapToLong(Version::version).max().orElse(0);
        return new RegisteredModelRecord(
                m.name(),
                m.description(),
                created,
                m.lastUpdateTime() == null ? created : time("registered_models.last_update_time", m.lastUpdateTime()),
                Math.max(newest, time("registered_models.last_version", m.lastVersion())),
                pairs("registered_models.tags", m.tags()),
                versions.stream()
                        .sorted((one, other) -> Long.compare(one.version(), other.version()))
                        .toList(),
                aliases);
    }

    private static Alias alias(String model, RegisteredModel.Alias alias, List<Version> versions) {
        requireLength("registered_models.aliases.alias", alias.alias(), MAX_KEY);
        long version = versionNumber(alias.version());
        if (versions.stream().noneMatch(each -> each.version() == version)) {
            throw invalid(
                    "The alias '%s' of the model '%s' names version %d, which is not among the versions of the request.",
                    abbreviate(alias.alias(), MAX_KEY), model, version);
        }
        return new Alias(alias.alias(), version);
    }

    private static Version version(ImportedVersion v) {
        long created = time("registered_models.versions.creation_time", v.creationTime());
        String source = location("registered_models.versions.source", v.source());
        if (v.runId() != null && !v.runId().isEmpty()) {
            Validation.requireRunId(v.runId());
        }
        return new Version(
                versionNumber(v.version()),
                created,
                v.lastUpdateTime() == null
                        ? created
                        : time("registered_models.versions.last_update_time", v.lastUpdateTime()),
                v.description(),
                v.stage() == null ? Stage.NONE : Stage.parse(v.stage()),
                source,
                v.storageLocation() == null
                        ? source
                        : location("registered_models.versions.storage_location", v.storageLocation()),
                v.runId(),
                v.runLink(),
                pairs("registered_models.versions.tags", v.tags()));
    }

    static long versionNumber(@Nullable String text) {
        if (text == null || !VERSION.matcher(text).matches()) {
            throw invalid("Invalid version '%s': it is a number from 1.", abbreviate(String.valueOf(text), MAX_KEY));
        }
        return Long.parseLong(text);
    }

    static WebhookRecord webhook(ImportedWebhook w) {
        if (!MODEL_ID.matcher(w.webhookId()).matches()) {
            throw invalid("Invalid value for parameter 'webhooks.webhook_id': it has letters, digits and dashes.");
        }
        requireLength("webhooks.name", w.name(), MAX_NAME);
        requireLength("webhooks.url", w.url(), LocationRules.DEFAULT_MAX_LENGTH);
        if (w.events().isEmpty()) {
            throw invalid("Missing value for required parameter 'webhooks.events'.");
        }
        w.events().forEach(ImportedRecords::requireEvent);
        long created = time("webhooks.creation_time", w.creationTime());
        return new WebhookRecord(
                w.webhookId(),
                w.name(),
                w.description(),
                w.url(),
                List.copyOf(Set.copyOf(w.events())),
                Boolean.TRUE.equals(w.active()),
                created,
                w.lastUpdateTime() == null ? created : time("webhooks.last_update_time", w.lastUpdateTime()));
    }

    private static void requireEvent(@Nullable String event) {
        try {
            if (event != null
                    && (WebhookMessage.KIROKU_EVENTS.contains(event)
                            || WebhookEvent.parse(event).wireName().equals(event))) {
                return;
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // reported below
        }
        throw invalid(
                "Unknown event '%s' of a webhook. An event is, for example, model_version.created.",
                abbreviate(String.valueOf(event), MAX_KEY));
    }

    /** Throws INVALID_PARAMETER_VALUE if a record occurs twice. */
    static <T> void requireDistinct(List<T> items, Function<T, String> id, String what, String list) {
        java.util.HashSet<String> ids = new java.util.HashSet<>();
        for (T item : items) {
            if (!ids.add(id.apply(item))) {
                throw invalid(
                        "The %s '%s' occurs twice in '%s'. Send each once.",
                        what, abbreviate(id.apply(item), MAX_KEY), list);
            }
        }
    }

    private static void requireModelId(String id) {
        if (!MODEL_ID.matcher(id).matches()) {
            throw invalid("Invalid model ID '%s': it is, for example, m-0123456789abcdef.", abbreviate(id, MAX_KEY));
        }
    }

    /** Returns pairs with empty values for missing ones. */
    private static List<KeyValue> pairs(String path, List<KeyValue> pairs) {
        Validation.requireKeys(pairs, path);
        pairs.forEach(pair -> requireLength(path + ".key", pair.key(), MAX_KEY));
        requireDistinct(pairs, KeyValue::key, "key", path);
        return pairs.stream()
                .map(pair -> pair.value() == null ? new KeyValue(pair.key(), "") : pair)
                .toList();
    }

    private static LifecycleStage stage(@Nullable String name) {
        for (LifecycleStage stage : LifecycleStage.values()) {
            if (stage.wireName().equals(requireNonNullElse(name, "active"))) {
                return stage;
            }
        }
        throw invalid(
                "Invalid value '%s' for parameter 'lifecycle_stage': it is active or deleted.",
                abbreviate(requireNonNullElse(name, ""), MAX_KEY));
    }

    static long experimentId(String id) {
        if (!EXPERIMENT_ID.matcher(id).matches()) {
            throw invalid("Invalid experiment id '%s': it is a whole number from 0.", abbreviate(id, MAX_KEY));
        }
        return Validation.parseExperimentId(id);
    }

    /** Returns a number that is not negative; 0 for null. */
    private static long time(String field, @Nullable Long millis) {
        if (millis != null && millis < 0) {
            throw invalid("Invalid value %d for parameter '%s': it must not be negative.", millis, field);
        }
        return millis == null ? 0 : millis;
    }

    /** Returns where artifacts are, after a check that it may be recorded; an empty text for null. */
    static String location(String field, @Nullable String uri) {
        String location = bounded(field, uri, LocationRules.DEFAULT_MAX_LENGTH);
        if (location.chars().anyMatch(Character::isISOControl)) {
            throw invalid("'%s' must not contain control characters.", field);
        }
        ArtifactLocations.requireNoPassword(field, location);
        return location;
    }

    /** Returns the text; an empty one for null. */
    private static String bounded(String field, @Nullable String text, int limit) {
        if (text == null) {
            return "";
        }
        requireLength(field, text, limit);
        return text;
    }

    private static void requireLength(String field, String text, int limit) {
        if (text.codePointCount(0, text.length()) > limit) {
            throw invalid("'%s' exceeds the maximum length of %d characters", field, limit);
        }
    }
}
