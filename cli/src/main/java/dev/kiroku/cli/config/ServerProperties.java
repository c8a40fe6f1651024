package dev.kiroku.cli.config;

import static dev.kiroku.cli.config.Property.Topic.LIMITS;
import static dev.kiroku.cli.config.Property.Topic.LOGGING;
import static dev.kiroku.cli.config.Property.Topic.NETWORK;
import static dev.kiroku.cli.config.Property.Topic.REFUSED;
import static dev.kiroku.cli.config.Property.Topic.SECURITY;
import static dev.kiroku.cli.config.Property.Topic.STORAGE;
import static dev.kiroku.cli.config.Property.Topic.WITHOUT_EFFECT;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.stores.StoreUri;
import java.util.ArrayList;
import java.util.List;

/**
 * Every property of {@code kiroku server}, declared once. Flags, environment, file, help, {@code --print-config} and
 * {@code docs/configuration.md} all come from here. Names and variables are MLflow's wherever it has them.
 */
public final class ServerProperties {
    static final Property<StoreUri> BACKEND_STORE_URI = new Property<>(
            "backend-store-uri",
            null,
            "MLFLOW_BACKEND_STORE_URI",
            ValueType.STORE_URI,
            "sqlite:///kiroku-data/kiroku.db",
            "Where experiments, runs and models are kept: sqlite:///file.db (relative), sqlite:////folder/file.db (absolute) or"
                    + " postgresql://user:password@host:5432/database?sslmode=require. Percent-encode @ / : % in user and password.",
            STORAGE);
    static final Property<String> DEFAULT_ARTIFACT_ROOT = new Property<>(
            "default-artifact-root",
            null,
            "MLFLOW_DEFAULT_ARTIFACT_ROOT",
            ValueType.ARTIFACT_URI,
            null,
            "Where new experiments keep their artifacts. Without it, mlflow-artifacts:/ (through this server), or ./kiroku-data/artifacts"
                    + " with --no-serve-artifacts.",
            STORAGE);
    static final Property<String> ARTIFACTS_DESTINATION = new Property<>(
            "artifacts-destination",
            null,
            "MLFLOW_ARTIFACTS_DESTINATION",
            ValueType.ARTIFACT_URI,
            "./kiroku-data/artifacts",
            "Where this server puts the artifacts that come through it: a folder or s3://bucket/folder.",
            STORAGE);
    static final Property<Boolean> SERVE_ARTIFACTS = new Property<>(
            "serve-artifacts",
            null,
            "MLFLOW_SERVE_ARTIFACTS",
            ValueType.SWITCH,
            "true",
            "Whether artifacts go through this server.",
            STORAGE);
    static final Property<Boolean> ARTIFACTS_ONLY = new Property<>(
            "artifacts-only",
            null,
            "MLFLOW_ARTIFACTS_ONLY",
            ValueType.SWITCH,
            "false",
            "Serve artifacts and nothing else.",
            STORAGE);
    static final Property<StoreUri> REGISTRY_STORE_URI = new Property<>(
            "registry-store-uri",
            null,
            "MLFLOW_REGISTRY_STORE_URI",
            ValueType.STORE_URI,
            null,
            "The registry lives in the backend store; taken only when it names the same place.",
            STORAGE);
    static final Property<Integer> COMPACT_AFTER = new Property<>(
            "compact-after",
            null,
            "KIROKU_COMPACT_AFTER",
            ValueType.integer(0, 86_400),
            "300",
            "Seconds after which logged metrics are packed anew, in the background, to be small and quick to read.",
            STORAGE);

    static final Property<String> HOST = new Property<>(
            "host",
            "-h",
            "MLFLOW_HOST",
            ValueType.HOST,
            "127.0.0.1",
            "The address to listen on. 0.0.0.0 is every IPv4 address of this machine.",
            NETWORK);
    static final Property<Integer> PORT = new Property<>(
            "port",
            "-p",
            "MLFLOW_PORT",
            ValueType.integer(0, 65535),
            "5000",
            "The port to listen on. 0 takes a free one, and the banner says which.",
            NETWORK);
    static final Property<Integer> WORKERS = new Property<>(
            "workers",
            "-w",
            "MLFLOW_WORKERS",
            ValueType.integer(1, 256),
            "4",
            "Every request has its own thread, so there are no worker processes. Up to two connections to the database read for each.",
            NETWORK);
    static final Property<String> STATIC_PREFIX = new Property<>(
            "static-prefix",
            null,
            "MLFLOW_STATIC_PREFIX",
            ValueType.PREFIX,
            null,
            "A path that stands before all others, for a proxy that passes it on, such as /mlflow.",
            NETWORK);
    static final Property<String> MLFLOW_UI = new Property<>(
            "mlflow-ui",
            null,
            "KIROKU_MLFLOW_UI",
            ValueType.PATH,
            null,
            "Show MLflow's own web UI at /, and Kiroku's at /kiroku/. The place of an installed mlflow 3: a virtual environment, the Python"
                    + " package, or its folder server/js/build.",
            NETWORK);

    static final Property<Integer> MAX_REQUEST_BYTES = new Property<>(
            "max-request-bytes",
            null,
            "KIROKU_MAX_REQUEST_BYTES",
            ValueType.integer(1 << 16, 1 << 30),
            "33554432",
            "The largest JSON request that is taken, after decompression; never more than an eighth of the JVM's memory. Artifacts have"
                    + " no limit.",
            LIMITS);
    static final Property<Integer> READ_TIMEOUT = new Property<>(
            "read-timeout",
            null,
            "KIROKU_READ_TIMEOUT",
            ValueType.integer(1, 3600),
            "30",
            "Seconds that a client may keep the server waiting for the next byte of a body, or for all headers.",
            LIMITS);
    static final Property<Integer> SHUTDOWN_TIMEOUT = new Property<>(
            "shutdown-timeout",
            null,
            "KIROKU_SHUTDOWN_TIMEOUT",
            ValueType.integer(0, 3600),
            "20",
            "Seconds that requests under way may take when the server is told to stop.",
            LIMITS);

    static final Property<List<String>> ALLOWED_HOSTS = new Property<>(
            "allowed-hosts",
            null,
            "MLFLOW_SERVER_ALLOWED_HOSTS",
            ValueType.LIST,
            null,
            "Host headers to answer, separated by commas, * as a wildcard. Without it, localhost and private addresses.",
            SECURITY);
    static final Property<List<String>> CORS_ALLOWED_ORIGINS = new Property<>(
            "cors-allowed-origins",
            null,
            "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
            ValueType.LIST,
            null,
            "Origins of web pages that may call this server, separated by commas, * as a wildcard. Without it, localhost.",
            SECURITY);
    static final Property<FrameOptions> X_FRAME_OPTIONS = new Property<>(
            "x-frame-options",
            null,
            "MLFLOW_SERVER_X_FRAME_OPTIONS",
            ValueType.oneOf(FrameOptions.class),
            "SAMEORIGIN",
            "Who may show the pages in a frame: SAMEORIGIN, DENY, or NONE for everybody.",
            SECURITY);
    static final Property<Boolean> DISABLE_SECURITY_MIDDLEWARE = new Property<>(
            "disable-security-middleware",
            null,
            "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE",
            ValueType.SWITCH,
            "false",
            "Dangerous: answer every host and every origin. For experiments on a closed network only.",
            SECURITY);

    static final Property<AuthMode> AUTH = new Property<>(
            "auth",
            null,
            "KIROKU_AUTH",
            ValueType.oneOf(AuthMode.class),
            "OFF",
            "Who must say who they are: OFF (nobody), BASIC (users of 'kiroku users', by password or token), PROXY (whom a trusted proxy"
                    + " names), BOTH.",
            SECURITY);
    static final Property<List<AddressRange>> TRUSTED_PROXIES = new Property<>(
            "trusted-proxies",
            null,
            "KIROKU_TRUSTED_PROXIES",
            ValueType.ADDRESSES,
            null,
            "Addresses of the proxies whose header is believed, separated by commas, such as 10.0.0.5 or 10.1.0.0/16; needed with"
                    + " --auth PROXY or BOTH. From any other address the header counts for nothing.",
            SECURITY);
    static final Property<String> PROXY_USER_HEADER = new Property<>(
            "proxy-user-header",
            null,
            "KIROKU_PROXY_USER_HEADER",
            ValueType.HEADER,
            "X-Forwarded-User",
            "The header in which a trusted proxy names the user; OAuth2 Proxy sends X-Forwarded-User and X-Forwarded-Email.",
            SECURITY);
    static final Property<String> PROXY_GROUPS_HEADER = new Property<>(
            "proxy-groups-header",
            null,
            "KIROKU_PROXY_GROUPS_HEADER",
            ValueType.HEADER,
            "X-Forwarded-Groups",
            "The header in which a trusted proxy lists the user's groups, separated by commas.",
            SECURITY);

    static final Property<List<String>> WEBHOOK_ALLOWED_SCHEMES = new Property<>(
            "webhook-allowed-schemes",
            null,
            "MLFLOW_WEBHOOK_ALLOWED_SCHEMES",
            ValueType.SCHEMES,
            "https",
            "Which addresses webhooks may have, separated by commas: https, http.",
            SECURITY);
    static final Property<Boolean> WEBHOOK_ALLOW_PRIVATE_IPS = new Property<>(
            "webhook-allow-private-ips",
            null,
            "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS",
            ValueType.SWITCH,
            "false",
            "Whether webhooks may lead to this machine and to private networks.",
            SECURITY);
    static final Property<String> WEBHOOK_SECRET_KEY = new Property<>(
            "webhook-secret-key",
            null,
            "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY",
            ValueType.SECRET_KEY,
            null,
            "32 random bytes in base64 that webhooks' secrets are encrypted with where they are kept; better given by the variable than by the"
                    + " flag. Without it, they are kept as they are.",
            SECURITY);

    static final Property<LogLevel> LOG_LEVEL = new Property<>(
            "log-level",
            null,
            "KIROKU_LOG_LEVEL",
            ValueType.oneOf(LogLevel.class),
            "INFO",
            "How much is logged: DEBUG, INFO, WARNING or ERROR.",
            LOGGING);
    static final Property<Boolean> DEV = new Property<>(
            "dev",
            null,
            "KIROKU_DEV",
            ValueType.SWITCH,
            "false",
            "Log at DEBUG. (There is nothing to reload: the launcher builds changed sources when it starts.)",
            LOGGING);

    private static final List<Property<?>> SUPPORTED = List.of(
            BACKEND_STORE_URI,
            DEFAULT_ARTIFACT_ROOT,
            ARTIFACTS_DESTINATION,
            SERVE_ARTIFACTS,
            ARTIFACTS_ONLY,
            REGISTRY_STORE_URI,
            COMPACT_AFTER,
            HOST,
            PORT,
            WORKERS,
            STATIC_PREFIX,
            MLFLOW_UI,
            MAX_REQUEST_BYTES,
            READ_TIMEOUT,
            SHUTDOWN_TIMEOUT,
            ALLOWED_HOSTS,
            CORS_ALLOWED_ORIGINS,
            X_FRAME_OPTIONS,
            DISABLE_SECURITY_MIDDLEWARE,
            AUTH,
            TRUSTED_PROXIES,
            PROXY_USER_HEADER,
            PROXY_GROUPS_HEADER,
            WEBHOOK_ALLOWED_SCHEMES,
            WEBHOOK_ALLOW_PRIVATE_IPS,
            WEBHOOK_SECRET_KEY,
            LOG_LEVEL,
            DEV);

    /** MLflow's options that change nothing here; the help of each says why, and is the warning. */
    static final List<Property<?>> IGNORED = List.of(
            ignored(
                    "read-replica-backend-store-uri",
                    "MLFLOW_READ_REPLICA_BACKEND_STORE_URI",
                    ValueType.TEXT,
                    "Reads go to the backend store like writes."),
            ignored("gunicorn-opts", "MLFLOW_GUNICORN_OPTS", ValueType.TEXT, "There is no gunicorn here."),
            ignored("uvicorn-opts", "MLFLOW_UVICORN_OPTS", ValueType.TEXT, "There is no uvicorn here."),
            ignored("waitress-opts", null, ValueType.TEXT, "There is no waitress here."),
            ignored(
                    "expose-prometheus",
                    "MLFLOW_EXPOSE_PROMETHEUS",
                    ValueType.TEXT,
                    "Metrics for Prometheus are always at /metrics."),
            ignored(
                    "trace-archival-config",
                    "MLFLOW_TRACE_ARCHIVAL_CONFIG",
                    ValueType.TEXT,
                    "Traces are not kept, nor archived."),
            ignored("secrets-cache-ttl", null, ValueType.TEXT, "There is no cache of secrets here."),
            ignored("secrets-cache-max-size", null, ValueType.TEXT, "There is no cache of secrets here."));

    /** MLflow's options that promise protection Kiroku does not give: silence would be a trap, so the server does not start. */
    static final List<Property<?>> REJECTED = List.of(
            refused(
                    "app-name",
                    null,
                    ValueType.TEXT,
                    "Users sign in with --auth BASIC, and 'kiroku users' makes them; permissions by experiment or model are not there yet."),
            refused("enable-workspaces", "MLFLOW_ENABLE_WORKSPACES", ValueType.SWITCH, "Kiroku has no workspaces."),
            refused("workspace-store-uri", "MLFLOW_WORKSPACE_STORE_URI", ValueType.TEXT, "Kiroku has no workspaces."));

    private ServerProperties() {}

    /** Where the records are: commands beside the server look there too. */
    public static Property<StoreUri> backendStore() {
        return BACKEND_STORE_URI;
    }

    /** All of them, in the order of the help. */
    public static List<Property<?>> all() {
        List<Property<?>> all = new ArrayList<>(SUPPORTED);
        all.addAll(IGNORED);
        all.addAll(REJECTED);
        return List.copyOf(all);
    }

    private static <T> Property<T> ignored(String name, String env, ValueType<T> type, String why) {
        return new Property<>(name, null, env, type, null, why, WITHOUT_EFFECT);
    }

    private static <T> Property<T> refused(String name, String env, ValueType<T> type, String why) {
        return new Property<>(name, null, env, type, null, why, REFUSED);
    }
}
