package dev.kiroku.model.transfer;

import static dev.kiroku.model.access.ResourceType.SERVER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.transfer.TransferApi.ImportedLoggedModel;
import dev.kiroku.model.transfer.TransferApi.ImportedMetrics;
import dev.kiroku.model.transfer.TransferApi.ImportedRun;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kiroku's own endpoint that takes all records of another tracking server as they are, for administrators. {@link TransferApi} is for who may
 * edit an experiment.
 */
public final class ImportApi {
    private ImportApi() {}

    /**
     * Records that are taken in one transaction, in the order of the components. What is there already is not added again, so that a request can be
     * repeated. Gates and permissions on single records are not asked.
     *
     * @param dryRun whether to say what would be done, and change nothing
     * @param runs each with its experiment
     * @param metrics points of these runs, or of runs that are there
     * @param loggedModels each with its experiment
     */
    public record ImportRecordsRequest(
            @Nullable Boolean dryRun,
            List<ImportedExperiment> experiments,
            List<ImportedRun> runs,
            List<ImportedMetrics> metrics,
            List<ImportedLoggedModel> loggedModels,
            List<ImportedModel> registeredModels,
            List<ImportedWebhook> webhooks) {}

    /**
     * An experiment.
     *
     * @param lifecycleStage {@code active}, which is the default, or {@code deleted}
     * @param creationTime milliseconds since 1970
     */
    public record ImportedExperiment(
            @Required String experimentId,
            @Required String name,
            @Nullable String artifactLocation,
            @Nullable String lifecycleStage,
            @Nullable Long creationTime,
            @Nullable Long lastUpdateTime,
            List<KeyValue> tags) {}

    /**
     * A registered model or a prompt.
     *
     * @param lastVersion the greatest number that a version has ever had; null for that of the versions
     * @param versions each number once
     * @param aliases of these versions
     */
    public record ImportedModel(
            @Required String name,
            @Nullable String description,
            @Nullable Long creationTime,
            @Nullable Long lastUpdateTime,
            @Nullable Long lastVersion,
            List<KeyValue> tags,
            List<ImportedVersion> versions,
            List<RegisteredModel.Alias> aliases) {}

    /**
     * A model version.
     *
     * @param stage null for None
     * @param source as the client named it
     * @param storageLocation where the files are; null for the source
     */
    public record ImportedVersion(
            @Required String version,
            @Nullable Long creationTime,
            @Nullable Long lastUpdateTime,
            @Nullable String description,
            @Nullable String stage,
            @Nullable String source,
            @Nullable String storageLocation,
            @Nullable String runId,
            @Nullable String runLink,
            List<KeyValue> tags) {}

    /**
     * A webhook without its secret.
     *
     * @param events such as {@code model_version.created}
     * @param active null for false
     */
    public record ImportedWebhook(
            @Required String webhookId,
            @Required String name,
            @Nullable String description,
            @Required String url,
            List<String> events,
            @Nullable Boolean active,
            @Nullable Long creationTime,
            @Nullable Long lastUpdateTime) {}

    /** What became of the records. */
    public record ImportRecordsResponse(List<ImportCount> counts, List<ImportConflict> conflicts) {}

    /**
     * Numbers of records of a kind.
     *
     * @param kind such as {@code RUN}
     */
    public record ImportCount(String kind, Long added, Long updated, Long unchanged) {}

    /**
     * A record that was not taken.
     *
     * @param kind such as {@code RUN}
     * @param reason a sentence that says what is in the way, and what to do
     */
    public record ImportConflict(String kind, String id, String reason) {}

    public static final Endpoint<ImportRecordsRequest, ImportRecordsResponse> IMPORT_RECORDS = endpoint(
            POST,
            "/2.0/kiroku/transfer/import",
            ImportRecordsRequest.class,
            ImportRecordsResponse.class,
            SERVER.manage());
}
