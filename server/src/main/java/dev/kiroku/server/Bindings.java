package dev.kiroku.server;

import dev.kiroku.core.artifacts.Artifacts;
import dev.kiroku.core.audit.Audit;
import dev.kiroku.core.registry.Registry;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.reports.Reports;
import dev.kiroku.core.tracking.Experiments;
import dev.kiroku.core.tracking.LoggedModels;
import dev.kiroku.core.tracking.Overviews;
import dev.kiroku.core.tracking.Runs;
import dev.kiroku.core.users.Users;
import dev.kiroku.core.webhooks.Webhooks;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.artifacts.ArtifactApi;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.reports.ReportApi;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.OverviewApi;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.users.UserApi;
import dev.kiroku.model.webhooks.WebhookApi;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every JSON operation of this server, and the method that answers it: the list that all else is derived from. */
public final class Bindings {
    private Bindings() {}

    public static List<Binding<?, ?>> all(
            Experiments experiments,
            Runs runs,
            LoggedModels models,
            Artifacts artifacts,
            Registry registry,
            Users users,
            Webhooks webhooks) {
        return Stream.of(
                        ofExperiments(experiments),
                        ofRuns(runs),
                        ofLoggedModels(models, artifacts),
                        ofRegistry(registry),
                        ofArtifacts(artifacts),
                        ofUsers(users),
                        ofWebhooks(webhooks))
                .<Binding<?, ?>>flatMap(List::stream)
                .toList();
    }

    private static List<Binding<?, ?>> ofExperiments(Experiments experiments) {
        return List.of(
                bind(ExperimentApi.CREATE, experiments::create),
                bind(ExperimentApi.GET_BY_ID, experiments::get),
                bind(ExperimentApi.GET_BY_NAME, experiments::getByName),
                bind(ExperimentApi.SEARCH, experiments::search),
                bind(ExperimentApi.SEARCH_GET, experiments::search),
                bind(ExperimentApi.UPDATE, experiments::update),
                bind(ExperimentApi.DELETE, experiments::delete),
                bind(ExperimentApi.RESTORE, experiments::restore),
                bind(ExperimentApi.SET_TAG, experiments::setTag),
                bind(ExperimentApi.DELETE_TAG, experiments::deleteTag),
                bind(ExperimentApi.SEARCH_DATASETS, experiments::searchDatasets));
    }

    private static List<Binding<?, ?>> ofRuns(Runs runs) {
        return List.of(
                bind(RunApi.CREATE, runs::create),
                bind(RunApi.GET_BY_ID, runs::get),
                bind(RunApi.UPDATE, runs::update),
                bind(RunApi.DELETE, runs::delete),
                bind(RunApi.RESTORE, runs::restore),
                bind(RunApi.SEARCH, runs::search),
                bind(RunApi.LOG_METRIC, runs::logMetric),
                bind(RunApi.LOG_PARAM, runs::logParam),
                bind(RunApi.LOG_BATCH, runs::logBatch),
                bind(RunApi.LOG_INPUTS, runs::logInputs),
                bind(RunApi.LOG_OUTPUTS, runs::logOutputs),
                bind(RunApi.LOG_MODEL, runs::logModel),
                bind(RunApi.SET_TAG, runs::setTag),
                bind(RunApi.DELETE_TAG, runs::deleteTag),
                bind(RunApi.GET_HISTORY, runs::history),
                bind(RunApi.GET_HISTORY_BULK, runs::histories),
                bind(RunApi.GET_HISTORY_BULK_INTERVAL, runs::samples));
    }

    /** What the web UI asks beyond MLflow's protocol. */
    public static List<Binding<?, ?>> ofOverviews(Overviews overviews) {
        return List.of(
                bind(OverviewApi.ROWS, overviews::rows),
                bind(OverviewApi.KEYS, overviews::keys),
                bind(OverviewApi.VALUES, overviews::values),
                bind(OverviewApi.SUMMARIES, overviews::summaries),
                bind(OverviewApi.CURVES, overviews::curves));
    }

    private static List<Binding<?, ?>> ofLoggedModels(LoggedModels models, Artifacts artifacts) {
        return List.of(
                bind(LoggedModelApi.CREATE, models::create),
                bind(LoggedModelApi.SEARCH, models::search),
                bind(LoggedModelApi.GET_BY_ID, models::get),
                bind(LoggedModelApi.FINALIZE, models::finish),
                bind(LoggedModelApi.DELETE_BY_ID, models::delete),
                bind(LoggedModelApi.SET_TAGS, models::setTags),
                bind(LoggedModelApi.DELETE_TAG, models::deleteTag),
                bind(LoggedModelApi.LOG_PARAMS, models::logParams),
                bind(LoggedModelApi.LIST_ARTIFACTS, artifacts::listOfModel));
    }

    private static List<Binding<?, ?>> ofRegistry(Registry registry) {
        return List.of(
                bind(RegistryApi.CREATE_REGISTERED_MODEL, registry::create),
                bind(RegistryApi.GET_REGISTERED_MODEL, registry::get),
                bind(RegistryApi.RENAME, registry::rename),
                bind(RegistryApi.UPDATE_REGISTERED_MODEL, registry::update),
                bind(RegistryApi.DELETE_REGISTERED_MODEL, registry::delete),
                bind(RegistryApi.SEARCH_REGISTERED_MODELS, registry::search),
                bind(RegistryApi.SET_MODEL_TAG, registry::setTag),
                bind(RegistryApi.DELETE_MODEL_TAG, registry::deleteTag),
                bind(RegistryApi.LATEST, registry::latest),
                bind(RegistryApi.LATEST_GET, registry::latest),
                bind(RegistryApi.SET_ALIAS, registry::setAlias),
                bind(RegistryApi.GET_BY_ALIAS, registry::byAlias),
                bind(RegistryApi.DELETE_ALIAS, registry::deleteAlias),
                bind(RegistryApi.CREATE_VERSION, registry::createVersion),
                bind(RegistryApi.GET_VERSION, registry::getVersion),
                bind(RegistryApi.UPDATE_VERSION, registry::updateVersion),
                bind(RegistryApi.TRANSITION, registry::transition),
                bind(RegistryApi.DELETE_VERSION, registry::deleteVersion),
                bind(RegistryApi.SEARCH_VERSIONS, registry::searchVersions),
                bind(RegistryApi.SET_VERSION_TAG, registry::setVersionTag),
                bind(RegistryApi.DELETE_VERSION_TAG, registry::deleteVersionTag),
                bind(RegistryApi.DOWNLOAD_URI, registry::downloadUri));
    }

    public static List<Binding<?, ?>> ofArtifacts(Artifacts artifacts) {
        return List.of(
                bind(ArtifactApi.LIST, artifacts::list),
                bind(ArtifactApi.DOWNLOAD_URL, artifacts::downloadUrl),
                bind(ArtifactApi.UPLOAD_URL, artifacts::uploadUrl),
                bind(ArtifactApi.LIST_SERVED, artifacts::listServed),
                bind(ArtifactApi.BEGIN_UPLOAD, artifacts::beginUpload),
                bind(ArtifactApi.COMPLETE_UPLOAD, artifacts::completeUpload),
                bind(ArtifactApi.ABORT_UPLOAD, artifacts::abortUpload),
                bind(ArtifactApi.PRESIGNED, artifacts::presigned));
    }

    /** What governs the registry. */
    public static List<Binding<?, ?>> ofGovernance(Gates gates, Approvals approvals, Audit audit) {
        return List.of(
                bind(GateApi.LIST, gates::list),
                bind(GateApi.APPLY, gates::apply),
                bind(GateApi.CHECK, gates::check),
                bind(ApprovalApi.OPEN, approvals::open),
                bind(ApprovalApi.GET_BY_ID, approvals::get),
                bind(ApprovalApi.SEARCH, approvals::search),
                bind(ApprovalApi.COMMENT, approvals::comment),
                bind(ApprovalApi.APPROVE, approvals::approve),
                bind(ApprovalApi.REJECT, approvals::reject),
                bind(ApprovalApi.WITHDRAW, approvals::withdraw),
                bind(AuditApi.SEARCH, audit::search),
                bind(AuditApi.HEAD, audit::head));
    }

    /** Pages that people write about runs. */
    public static List<Binding<?, ?>> ofReports(Reports reports) {
        return List.of(
                bind(ReportApi.CREATE, reports::create),
                bind(ReportApi.GET_BY_ID, reports::get),
                bind(ReportApi.SEARCH, reports::search),
                bind(ReportApi.UPDATE, reports::update),
                bind(ReportApi.VERSIONS, reports::versions),
                bind(ReportApi.DELETE, reports::delete));
    }

    private static List<Binding<?, ?>> ofWebhooks(Webhooks webhooks) {
        return List.of(
                bind(WebhookApi.CREATE, webhooks::create),
                bind(WebhookApi.LIST, webhooks::list),
                bind(WebhookApi.GET_BY_ID, webhooks::get),
                bind(WebhookApi.UPDATE, webhooks::update),
                bind(WebhookApi.DELETE_BY_ID, webhooks::delete),
                bind(WebhookApi.TEST, webhooks::test),
                bind(WebhookApi.DELIVERIES, webhooks::deliveries),
                bind(WebhookApi.REDELIVER, webhooks::redeliver));
    }

    private static List<Binding<?, ?>> ofUsers(Users users) {
        return List.of(bind(UserApi.CURRENT, users::current), bind(UserApi.SELF, users::self));
    }

    /** For what matters by whom it is done. */
    private static <Q extends Record, R extends Record> Binding<Q, R> bind(
            Endpoint<Q, R> endpoint, BiFunction<Q, Caller, R> method) {
        return new Binding<>(endpoint, method);
    }

    private static <Q extends Record, R extends Record> Binding<Q, R> bind(
            Endpoint<Q, R> endpoint, Function<Q, R> method) {
        return new Binding<>(endpoint, (request, caller) -> method.apply(request));
    }
}
