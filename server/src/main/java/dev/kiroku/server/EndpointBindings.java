package dev.kiroku.server;

import dev.kiroku.core.artifacts.Artifacts;
import dev.kiroku.core.artifacts.ProxiedArtifacts;
import dev.kiroku.core.audit.Audit;
import dev.kiroku.core.registry.Registry;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.reports.Reports;
import dev.kiroku.core.tracking.Experiments;
import dev.kiroku.core.tracking.LoggedModels;
import dev.kiroku.core.tracking.Overviews;
import dev.kiroku.core.tracking.Runs;
import dev.kiroku.core.transfer.RecordImports;
import dev.kiroku.core.transfer.RecordLocations;
import dev.kiroku.core.transfer.RunImports;
import dev.kiroku.core.transfer.ServerImports;
import dev.kiroku.core.users.AccessPolicies;
import dev.kiroku.core.users.AccountCredentials;
import dev.kiroku.core.users.AccountDirectory;
import dev.kiroku.core.users.DeviceLogins;
import dev.kiroku.core.users.Permissions;
import dev.kiroku.core.users.ResourcePermissions;
import dev.kiroku.core.users.Roles;
import dev.kiroku.core.users.UserAccounts;
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
import dev.kiroku.model.transfer.ImportApi;
import dev.kiroku.model.transfer.LocationApi;
import dev.kiroku.model.transfer.ServerImportApi;
import dev.kiroku.model.transfer.TransferApi;
import dev.kiroku.model.users.AccessApi;
import dev.kiroku.model.users.AccountApi;
import dev.kiroku.model.users.LoginApi;
import dev.kiroku.model.users.PermissionApi;
import dev.kiroku.model.users.RoleApi;
import dev.kiroku.model.users.UserApi;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.server.http.EndpointBinding;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** The bindings of endpoints to the operations of core. Each list is one feature. */
public final class EndpointBindings {
    private EndpointBindings() {}

    /** Returns the bindings of a tracking server: tracking, registry, artifacts, users and webhooks. */
    public static List<EndpointBinding<?, ?>> all(
            Experiments experiments,
            Runs runs,
            LoggedModels models,
            Artifacts artifacts,
            ProxiedArtifacts proxiedArtifacts,
            Registry registry,
            Users users,
            Webhooks webhooks) {
        return Stream.of(
                        experiments(experiments),
                        runs(runs),
                        loggedModels(models, artifacts),
                        registry(registry),
                        artifacts(artifacts),
                        proxiedArtifacts(proxiedArtifacts),
                        users(users),
                        webhooks(webhooks))
                .<EndpointBinding<?, ?>>flatMap(List::stream)
                .toList();
    }

    private static List<EndpointBinding<?, ?>> experiments(Experiments experiments) {
        return List.of(
                bind(ExperimentApi.CREATE, experiments::create),
                bind(ExperimentApi.GET_BY_ID, experiments::get),
                bind(ExperimentApi.GET_BY_NAME, experiments::getByName),
                bind(ExperimentApi.SEARCH, experiments::search),
                bind(ExperimentApi.SEARCH_VIA_GET, experiments::search),
                bind(ExperimentApi.UPDATE, experiments::update),
                bind(ExperimentApi.DELETE, experiments::delete),
                bind(ExperimentApi.RESTORE, experiments::restore),
                bind(ExperimentApi.SET_TAG, experiments::setTag),
                bind(ExperimentApi.DELETE_TAG, experiments::deleteTag),
                bind(ExperimentApi.SEARCH_DATASETS, experiments::searchDatasets));
    }

    private static List<EndpointBinding<?, ?>> runs(Runs runs) {
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
                bind(RunApi.GET_METRIC_HISTORY, runs::getMetricHistory),
                bind(RunApi.GET_METRIC_HISTORY_BULK, runs::getMetricHistoryBulk),
                bind(RunApi.GET_METRIC_HISTORY_BULK_INTERVAL, runs::getMetricHistoryBulkInterval));
    }

    /** Returns the bindings of the web UI's own queries. */
    public static List<EndpointBinding<?, ?>> overviews(Overviews overviews) {
        return List.of(
                bind(OverviewApi.FIND_ROWS, overviews::findRows),
                bind(OverviewApi.FIND_KEYS, overviews::findKeys),
                bind(OverviewApi.FIND_VALUES, overviews::findValues),
                bind(OverviewApi.GET_SUMMARIES, overviews::getSummaries),
                bind(OverviewApi.GET_CURVES, overviews::getCurves));
    }

    private static List<EndpointBinding<?, ?>> loggedModels(LoggedModels models, Artifacts artifacts) {
        return List.of(
                bind(LoggedModelApi.CREATE, models::create),
                bind(LoggedModelApi.SEARCH, models::search),
                bind(LoggedModelApi.GET_BY_ID, models::get),
                bind(LoggedModelApi.FINALIZE, models::finalizeModel),
                bind(LoggedModelApi.DELETE_BY_ID, models::delete),
                bind(LoggedModelApi.SET_TAGS, models::setTags),
                bind(LoggedModelApi.DELETE_TAG, models::deleteTag),
                bind(LoggedModelApi.LOG_PARAMS, models::logParams),
                bind(LoggedModelApi.LIST_ARTIFACTS, artifacts::listModelArtifacts));
    }

    private static List<EndpointBinding<?, ?>> registry(Registry registry) {
        return List.of(
                bind(RegistryApi.CREATE_REGISTERED_MODEL, registry::create),
                bind(RegistryApi.GET_REGISTERED_MODEL, registry::get),
                bind(RegistryApi.RENAME_REGISTERED_MODEL, registry::rename),
                bind(RegistryApi.UPDATE_REGISTERED_MODEL, registry::update),
                bind(RegistryApi.DELETE_REGISTERED_MODEL, registry::delete),
                bind(RegistryApi.SEARCH_REGISTERED_MODELS, registry::search),
                bind(RegistryApi.SET_REGISTERED_MODEL_TAG, registry::setTag),
                bind(RegistryApi.DELETE_REGISTERED_MODEL_TAG, registry::deleteTag),
                bind(RegistryApi.GET_LATEST_VERSIONS, registry::getLatestVersions),
                bind(RegistryApi.GET_LATEST_VERSIONS_VIA_GET, registry::getLatestVersions),
                bind(RegistryApi.SET_REGISTERED_MODEL_ALIAS, registry::setAlias),
                bind(RegistryApi.GET_MODEL_VERSION_BY_ALIAS, registry::getVersionByAlias),
                bind(RegistryApi.DELETE_REGISTERED_MODEL_ALIAS, registry::deleteAlias),
                bind(RegistryApi.CREATE_MODEL_VERSION, registry::createVersion),
                bind(RegistryApi.GET_MODEL_VERSION, registry::getVersion),
                bind(RegistryApi.UPDATE_MODEL_VERSION, registry::updateVersion),
                bind(RegistryApi.TRANSITION_MODEL_VERSION_STAGE, registry::transitionStage),
                bind(RegistryApi.DELETE_MODEL_VERSION, registry::deleteVersion),
                bind(RegistryApi.SEARCH_MODEL_VERSIONS, registry::searchVersions),
                bind(RegistryApi.SET_MODEL_VERSION_TAG, registry::setVersionTag),
                bind(RegistryApi.DELETE_MODEL_VERSION_TAG, registry::deleteVersionTag),
                bind(RegistryApi.GET_DOWNLOAD_URI, registry::getDownloadUri));
    }

    private static List<EndpointBinding<?, ?>> artifacts(Artifacts artifacts) {
        return List.of(
                bind(ArtifactApi.LIST, artifacts::listRunArtifacts),
                bind(ArtifactApi.PRESIGNED_DOWNLOAD_URL, artifacts::createDownloadUrl),
                bind(ArtifactApi.PRESIGNED_UPLOAD_URL, artifacts::createUploadUrl));
    }

    /** Returns the bindings of the artifact proxy. */
    public static List<EndpointBinding<?, ?>> proxiedArtifacts(ProxiedArtifacts proxied) {
        return List.of(
                bind(ArtifactApi.LIST_PROXIED, proxied::list),
                bind(ArtifactApi.CREATE_MULTIPART_UPLOAD, proxied::createMultipartUpload),
                bind(ArtifactApi.COMPLETE_MULTIPART_UPLOAD, proxied::completeMultipartUpload),
                bind(ArtifactApi.ABORT_MULTIPART_UPLOAD, proxied::abortMultipartUpload),
                bind(ArtifactApi.PROXIED_DOWNLOAD_URL, proxied::createDownloadUrl));
    }

    /** Returns the bindings of gates, approvals and the audit log. */
    public static List<EndpointBinding<?, ?>> governance(Gates gates, Approvals approvals, Audit audit) {
        return List.of(
                bind(GateApi.LIST, gates::list),
                bind(GateApi.APPLY, gates::apply),
                bind(GateApi.CHECK, gates::check),
                bind(ApprovalApi.CREATE, approvals::open),
                bind(ApprovalApi.GET_BY_ID, approvals::get),
                bind(ApprovalApi.SEARCH, approvals::search),
                bind(ApprovalApi.COMMENT, approvals::comment),
                bind(ApprovalApi.APPROVE, approvals::approve),
                bind(ApprovalApi.REJECT, approvals::reject),
                bind(ApprovalApi.WITHDRAW, approvals::withdraw),
                bind(AuditApi.SEARCH, audit::search),
                bind(AuditApi.HEAD, audit::getHead));
    }

    /** Returns the bindings for programs that sign in. */
    public static List<EndpointBinding<?, ?>> logins(DeviceLogins logins) {
        return List.of(
                new EndpointBinding<>(LoginApi.START, logins::start, true),
                new EndpointBinding<>(LoginApi.POLL, logins::poll, true),
                new EndpointBinding<>(LoginApi.END, logins::end, true));
    }

    /** Returns the bindings of reports. */
    public static List<EndpointBinding<?, ?>> reports(Reports reports) {
        return List.of(
                bind(ReportApi.CREATE, reports::create),
                bind(ReportApi.GET_BY_ID, reports::get),
                bind(ReportApi.SEARCH, reports::search),
                bind(ReportApi.UPDATE, reports::update),
                bind(ReportApi.LIST_VERSIONS, reports::listVersions),
                bind(ReportApi.DELETE, reports::delete));
    }

    private static List<EndpointBinding<?, ?>> webhooks(Webhooks webhooks) {
        return List.of(
                bind(WebhookApi.CREATE, webhooks::create),
                bind(WebhookApi.LIST, webhooks::list),
                bind(WebhookApi.GET_BY_ID, webhooks::get),
                bind(WebhookApi.UPDATE, webhooks::update),
                bind(WebhookApi.DELETE_BY_ID, webhooks::delete),
                bind(WebhookApi.TEST, webhooks::test),
                bind(WebhookApi.SEARCH_DELIVERIES, webhooks::searchDeliveries),
                bind(WebhookApi.REDELIVER, webhooks::redeliver));
    }

    private static List<EndpointBinding<?, ?>> users(Users users) {
        return List.of(
                bind(UserApi.GET_CURRENT, users::getCurrentUser), bind(UserApi.FIND_CURRENT, users::findCurrentUser));
    }

    /** Returns the bindings of accounts, roles and grants. */
    public static List<EndpointBinding<?, ?>> access(
            UserAccounts accounts,
            Roles roles,
            Permissions permissions,
            AccessPolicies policies,
            ResourcePermissions resources) {
        return List.of(
                bind(UserApi.CREATE, accounts::create),
                bind(UserApi.GET_BY_NAME, accounts::get),
                bind(UserApi.LIST, accounts::list),
                bind(UserApi.UPDATE_PASSWORD, accounts::updatePassword),
                bind(UserApi.UPDATE_ADMIN, accounts::updateAdmin),
                bind(UserApi.DELETE_BY_NAME, accounts::delete),
                bind(RoleApi.CREATE, roles::create),
                bind(RoleApi.GET_BY_ID, roles::get),
                bind(RoleApi.LIST, roles::list),
                bind(RoleApi.UPDATE, roles::update),
                bind(RoleApi.DELETE_BY_ID, roles::delete),
                bind(RoleApi.ADD_PERMISSION, roles::addPermission),
                bind(RoleApi.UPDATE_PERMISSION, roles::updatePermission),
                bind(RoleApi.REMOVE_PERMISSION, roles::removePermission),
                bind(RoleApi.LIST_PERMISSIONS, roles::listPermissions),
                bind(RoleApi.ASSIGN, roles::assign),
                bind(RoleApi.UNASSIGN, roles::unassign),
                bind(RoleApi.LIST_USERS, roles::listUsers),
                bind(RoleApi.LIST_OF_USER, roles::listOfUser),
                bind(PermissionApi.GRANT, permissions::grant),
                bind(PermissionApi.REVOKE, permissions::revoke),
                bind(PermissionApi.GET_OF_USER, permissions::get),
                bind(PermissionApi.LIST_OF_USER, permissions::list),
                bind(PermissionApi.LIST_OF_CURRENT_USER, permissions::listOfCurrentUser),
                bind(PermissionApi.CREATE_ON_EXPERIMENT, permissions::createOnExperiment),
                bind(PermissionApi.GET_ON_EXPERIMENT, permissions::getOnExperiment),
                bind(PermissionApi.UPDATE_ON_EXPERIMENT, permissions::updateOnExperiment),
                bind(PermissionApi.DELETE_ON_EXPERIMENT, permissions::deleteOnExperiment),
                bind(PermissionApi.CREATE_ON_MODEL, permissions::createOnModel),
                bind(PermissionApi.GET_ON_MODEL, permissions::getOnModel),
                bind(PermissionApi.UPDATE_ON_MODEL, permissions::updateOnModel),
                bind(PermissionApi.DELETE_ON_MODEL, permissions::deleteOnModel),
                bind(AccessApi.LIST, policies::list),
                bind(AccessApi.APPLY, policies::apply),
                bind(AccessApi.GRANT, policies::grant),
                bind(AccessApi.REVOKE, policies::revoke),
                bind(AccessApi.EXPLAIN, policies::explain),
                bind(AccessApi.RIGHTS, resources::rights),
                bind(AccessApi.GET_PERMISSIONS, resources::get));
    }

    /** Returns the bindings of records that keep their ids and times, and of imports by the server. */
    public static List<EndpointBinding<?, ?>> transfers(
            RunImports runs, RecordImports records, RecordLocations locations, ServerImports imports) {
        return List.of(
                bind(TransferApi.FIND_RUNS, runs::findRuns),
                bind(TransferApi.IMPORT_RUNS, runs::importRuns),
                bind(ImportApi.IMPORT_RECORDS, records::importRecords),
                bind(LocationApi.FIND, locations::find),
                bind(LocationApi.SET, locations::set),
                bind(ServerImportApi.LIST, imports::list),
                bind(ServerImportApi.START, imports::start),
                bind(ServerImportApi.CANCEL, imports::cancel),
                bind(ServerImportApi.FIND_ORIGINS, imports::findOrigins));
    }

    /** Returns the bindings of the directory of accounts, and of tokens and sessions. */
    public static List<EndpointBinding<?, ?>> accounts(AccountDirectory directory, AccountCredentials credentials) {
        return List.of(
                bind(AccountApi.LIST, directory::list),
                bind(AccountApi.CREATE, directory::create),
                bind(AccountApi.LIST_GROUPS, directory::listGroups),
                bind(AccountApi.SET_DISABLED, directory::setDisabled),
                bind(AccountApi.UPDATE_GROUPS, directory::updateGroups),
                bind(AccountApi.SET_GROUP_DEFAULT, directory::setGroupDefault),
                bind(AccountApi.LIST_TOKENS, credentials::listTokens),
                bind(AccountApi.CREATE_TOKEN, credentials::createToken),
                bind(AccountApi.REVOKE_TOKEN, credentials::revokeToken),
                bind(AccountApi.LIST_SESSIONS, credentials::listSessions),
                bind(AccountApi.END_SESSIONS, credentials::endSessions));
    }

    private static <Q extends Record, R extends Record> EndpointBinding<Q, R> bind(
            Endpoint<Q, R> endpoint, BiFunction<Q, Caller, R> method) {
        return new EndpointBinding<>(endpoint, method);
    }

    private static <Q extends Record, R extends Record> EndpointBinding<Q, R> bind(
            Endpoint<Q, R> endpoint, Function<Q, R> method) {
        return new EndpointBinding<>(endpoint, (request, caller) -> method.apply(request));
    }
}
