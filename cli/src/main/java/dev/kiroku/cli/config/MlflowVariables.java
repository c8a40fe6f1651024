package dev.kiroku.cli.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The environment variables of MLflow's server that are not properties of {@link ServerProperties}: those that Kiroku reads elsewhere, and those
 * without effect. A variable of the second kind is named when a server starts, because an operator who has set it expects something. Variables
 * of clients and of other programs of MLflow are not listed.
 */
public final class MlflowVariables {
    /** @param effect what Kiroku does with it, one sentence */
    record HonouredVariable(String name, String effect) {}

    /** Variables without effect that have the same reason. @param reason one sentence */
    record IgnoredVariables(String reason, List<String> names) {}

    static final List<HonouredVariable> HONOURED = List.of(
            new HonouredVariable(
                    "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX",
                    "Sources of new model versions must match this regular expression."),
            new HonouredVariable(
                    "MLFLOW_S3_ENDPOINT_URL",
                    "The URL of a server with the protocol of S3. Also `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL`."),
            new HonouredVariable("MLFLOW_S3_IGNORE_TLS", "`true`: certificates of the S3 server are not verified."),
            new HonouredVariable(
                    "MLFLOW_S3_UPLOAD_EXTRA_ARGS",
                    "Options of every upload to S3 as a JSON object, such as `{\"ServerSideEncryption\": \"AES256\"}`."),
            new HonouredVariable(
                    "MLFLOW_S3_EXPECTED_BUCKET_OWNER",
                    "The AWS account that the bucket must belong to; other buckets are not used."),
            new HonouredVariable(
                    "MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE",
                    "`path` or `virtual`: whether the bucket is in the path or in the host name of S3 URLs. By default it is in the path if an"
                            + " endpoint is set."),
            new HonouredVariable("MLFLOW_DISABLE_TELEMETRY", "Kiroku never sends telemetry."));

    static final List<IgnoredVariables> IGNORED = List.of(
            ignored(
                    "connections are pooled as --workers says, and statements are not logged",
                    "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE",
                    "MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE",
                    "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW",
                    "MLFLOW_SQLALCHEMYSTORE_ECHO",
                    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS"),
            ignored(
                    "Kiroku does not support MySQL",
                    "MLFLOW_MYSQL_SSL_CA",
                    "MLFLOW_MYSQL_SSL_CERT",
                    "MLFLOW_MYSQL_SSL_KEY"),
            ignored("Kiroku does not support file stores", "MLFLOW_ALLOW_FILE_STORE"),
            ignored("every request needs what its endpoint states", "MLFLOW_BASIC_AUTH_FAIL_CLOSED"),
            ignored("roles are those of 'kiroku access' and of MLflow's client", "MLFLOW_RBAC_SEED_DEFAULT_ROLES"),
            ignored("GraphQL needs the same sign-in as every request", "MLFLOW_SERVER_ENABLE_GRAPHQL_AUTH"),
            ignored("secrets of sessions are in the database", "MLFLOW_FLASK_SERVER_SECRET_KEY"),
            ignored(
                    "Kiroku has no workspaces",
                    "MLFLOW_WORKSPACE_ARTIFACT_ROOT_CACHE_CAPACITY",
                    "MLFLOW_WORKSPACE_ARTIFACT_ROOT_CACHE_TTL_SECONDS"),
            ignored("set --log-level", "MLFLOW_LOGGING_LEVEL"),
            ignored("changes of webhooks take effect at once", "MLFLOW_WEBHOOK_CACHE_TTL"),
            ignored("S3 requests are signed with version 4", "MLFLOW_EXPERIMENTAL_S3_SIGNATURE_VERSION"),
            ignored(
                    "Kiroku limits the cost of GraphQL queries itself",
                    "MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS",
                    "MLFLOW_SERVER_GRAPHQL_MAX_ALIASES"),
            ignored(
                    "Kiroku has no registry of MCP servers and no icons",
                    "MLFLOW_ICON_URL_ALLOWED_SCHEMES",
                    "MLFLOW_ICON_URL_ALLOW_PRIVATE_IPS",
                    "MLFLOW_ICON_URL_ALLOWED_DOMAINS"),
            ignored(
                    "Kiroku has no AI gateway",
                    "MLFLOW_ENABLE_AI_GATEWAY",
                    "MLFLOW_DEPLOYMENTS_TARGET",
                    "MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS",
                    "MLFLOW_GATEWAY_BUDGET_REFRESH_INTERVAL",
                    "MLFLOW_GATEWAY_BUDGET_REDIS_URL",
                    "MLFLOW_GATEWAY_ALLOWED_PROVIDERS",
                    "MLFLOW_GATEWAY_MAX_DECOMPRESSED_REQUEST_SIZE",
                    "MLFLOW_GATEWAY_API_BASE_ALLOWED_SCHEMES",
                    "MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS",
                    "MLFLOW_MODEL_CATALOG_URI",
                    "MLFLOW_MODEL_CATALOG_CACHE_TTL",
                    "MLFLOW_CRYPTO_KEK_PASSPHRASE",
                    "MLFLOW_CRYPTO_KEK_VERSION"),
            ignored(
                    "Kiroku has no assistant",
                    "MLFLOW_ENABLE_REMOTE_ASSISTANT",
                    "MLFLOW_ENABLE_ASSISTANT_SANDBOX",
                    "MLFLOW_SANDBOX_DOCKER_IMAGE",
                    "MLFLOW_ASSISTANT_SANDBOX_CLI_IMAGE",
                    "MLFLOW_SANDBOX_EGRESS_PROXY"),
            ignored(
                    "Kiroku runs no jobs and no scorers",
                    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION",
                    "MLFLOW_SERVER_JOB_ENABLE_PERIODIC_TASKS",
                    "MLFLOW_SERVER_JOB_HUEY_REDIS_URL",
                    "MLFLOW_SERVER_JOB_FLUSH_PERIODIC_LOCKS_ON_STARTUP",
                    "MLFLOW_SERVER_JOB_TRANSIENT_ERROR_MAX_RETRIES",
                    "MLFLOW_SERVER_JOB_TRANSIENT_ERROR_RETRY_BASE_DELAY",
                    "MLFLOW_SERVER_JOB_TRANSIENT_ERROR_RETRY_MAX_DELAY",
                    "MLFLOW_SERVER_JOB_EXECUTION_ENGINE",
                    "MLFLOW_SERVER_JOB_DEFAULT_TIMEOUT",
                    "MLFLOW_SERVER_JOB_LEASE_TTL",
                    "MLFLOW_JOB_DEFAULT_EXECUTOR_BACKEND",
                    "MLFLOW_JOB_CUSTOM_SCORER_EXECUTOR_BACKEND",
                    "MLFLOW_SERVER_ENABLE_CUSTOM_SCORERS",
                    "MLFLOW_SERVER_JUDGE_INVOKE_MAX_WORKERS",
                    "MLFLOW_SERVER_SCORER_INVOKE_BATCH_SIZE",
                    "MLFLOW_SERVER_ONLINE_SCORING_MAX_WORKERS",
                    "MLFLOW_ONLINE_SCORING_MAX_WORKER_THREADS",
                    "MLFLOW_ONLINE_SCORING_DEFAULT_SESSION_COMPLETION_BUFFER_SECONDS",
                    "MLFLOW_ONLINE_SCORING_DEFAULT_TRACE_COMPLETION_BUFFER_SECONDS"),
            ignored(
                    "Kiroku does not store traces",
                    "MLFLOW_SQL_TRACE_ROLLUPS_ENABLED",
                    "MLFLOW_TRACE_ROLLUPS_SCHEDULE",
                    "MLFLOW_TRACE_ROLLUPS_MAX_PARTITIONS_PER_RUN",
                    "MLFLOW_TRACE_ROLLUPS_MAX_WORKERS"));

    private MlflowVariables() {}

    private static IgnoredVariables ignored(String reason, String... names) {
        return new IgnoredVariables(reason, List.of(names));
    }

    /** Returns the names of all variables of MLflow's server that Kiroku knows, those of its properties included. */
    public static Stream<String> names() {
        return Stream.of(
                        ServerProperties.all().stream().map(Property::env).filter(env -> env != null),
                        HONOURED.stream().map(HonouredVariable::name),
                        IGNORED.stream().flatMap(variables -> variables.names().stream()))
                .flatMap(names -> names);
    }

    /** Returns a line for the operator about each variable that is set and has no effect; an empty variable counts as not set. */
    public static List<String> warnings(Map<String, String> environment) {
        List<String> warnings = new ArrayList<>();
        for (IgnoredVariables variables : IGNORED) {
            for (String name : variables.names()) {
                if (!environment.getOrDefault(name, "").isBlank()) {
                    warnings.add(name + " is set but has no effect: " + variables.reason() + ".");
                }
            }
        }
        return warnings;
    }
}
