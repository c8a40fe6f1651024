package dev.kiroku.cli.config;

import static dev.kiroku.cli.config.Property.Topic.LIMITS;
import static dev.kiroku.cli.config.Property.Topic.LOGGING;
import static dev.kiroku.cli.config.Property.Topic.NETWORK;
import static dev.kiroku.cli.config.Property.Topic.REFUSED;
import static dev.kiroku.cli.config.Property.Topic.SECURITY;
import static dev.kiroku.cli.config.Property.Topic.STORAGE;
import static dev.kiroku.cli.config.Property.Topic.WITHOUT_EFFECT;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.stores.StoreUri;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * The properties of {@code kiroku server}. Flags, environment variables, the configuration file, the help, {@code --print-config} and
 * {@code docs/configuration.md} are derived from these declarations. Names and variables are those of MLflow where it has them.
 */
public final class ServerProperties {
    static final Property<StoreUri> BACKEND_STORE_URI = new Property<>(
            "backend-store-uri",
            null,
            "MLFLOW_BACKEND_STORE_URI",
            ValueType.STORE_URI,
            "sqlite:///kiroku-data/kiroku.db",
            "The database for experiments, runs and models: sqlite:///file.db (relative),"
                    + " sqlite:////folder/file.db (absolute) or"
                    + " postgresql://user:password@host:5432/database?sslmode=require. Percent-encode @ / : % in user"
                    + " and password.",
            STORAGE);
    static final Property<Integer> DATABASE_WAIT = new Property<>(
            "database-wait",
            null,
            "KIROKU_DATABASE_WAIT",
            ValueType.integer(0, 86_400),
            "300",
            "Seconds that a start waits for a database that is starting or cannot be reached. A wrong password or an"
                    + " unknown database ends the start at once.",
            STORAGE);
    static final Property<String> DEFAULT_ARTIFACT_ROOT = new Property<>(
            "default-artifact-root",
            null,
            "MLFLOW_DEFAULT_ARTIFACT_ROOT",
            ValueType.ARTIFACT_URI,
            null,
            "The artifact location of new experiments. Default: mlflow-artifacts:/ (through this server), or"
                    + " ./kiroku-data/artifacts with --no-serve-artifacts.",
            STORAGE);
    static final Property<String> ARTIFACTS_DESTINATION = new Property<>(
            "artifacts-destination",
            null,
            "MLFLOW_ARTIFACTS_DESTINATION",
            ValueType.ARTIFACT_URI,
            "./kiroku-data/artifacts",
            "Where this server stores the artifacts that it proxies: a folder or s3://bucket/folder.",
            STORAGE);
    static final Property<Integer> ARTIFACT_LOCATION_MAX_LENGTH = new Property<>(
            "artifact-location-max-length",
            null,
            "MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH",
            ValueType.integer(1, 1_000_000),
            "2048",
            "The greatest length of an artifact location that a client gives an experiment.",
            STORAGE);
    static final Property<List<String>> ALLOWED_ARTIFACT_SCHEMES = new Property<>(
            "allowed-artifact-schemes",
            null,
            "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES",
            ValueType.LIST,
            null,
            "Schemes, separated by commas, of artifact locations that may name any host, such as hdfs or abfss."
                    + " Without it, clients cannot choose such locations for experiments.",
            STORAGE);
    static final Property<List<String>> TRUSTED_ARTIFACT_ROOTS = new Property<>(
            "trusted-artifact-roots",
            null,
            "KIROKU_TRUSTED_ARTIFACT_ROOTS",
            ValueType.ARTIFACT_ROOTS,
            null,
            "Artifact locations, separated by commas, such as s3://models/released. Gates take the results of the run"
                    + " that a version names if its artifacts lie below one of them, although they are not of that run. Only"
                    + " programs that you trust may write there.",
            SECURITY);
    static final Property<List<String>> IMPORT_SOURCES = new Property<>(
            "import-sources",
            null,
            "KIROKU_IMPORT_SOURCES",
            ValueType.IMPORT_SOURCES,
            null,
            "What administrators may import from in the web UI, separated by commas: folders such as /srv/mlflow, with SQLite"
                    + " databases in them, servers such as https://mlflow.example.com, and databases such as"
                    + " postgresql://db-host/mlflow. Without it, only 'kiroku import' imports.",
            SECURITY);
    static final Property<Integer> PRESIGNED_URL_TTL = new Property<>(
            "presigned-url-ttl",
            null,
            "MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS",
            ValueType.integer(1, 604_800),
            "900",
            "Seconds for which signed URLs of the object store are valid, if the request does not say.",
            STORAGE);
    static final Property<Boolean> TRUNCATE_LONG_VALUES = new Property<>(
            "truncate-long-values",
            null,
            "MLFLOW_TRUNCATE_LONG_VALUES",
            ValueType.SWITCH,
            "true",
            "Whether params and tags of runs that are too long are truncated. Otherwise they are refused.",
            LIMITS);
    static final Property<Boolean> SERVE_ARTIFACTS = new Property<>(
            "serve-artifacts",
            null,
            "MLFLOW_SERVE_ARTIFACTS",
            ValueType.SWITCH,
            "true",
            "Whether this server proxies artifacts.",
            STORAGE);
    static final Property<Boolean> ARTIFACTS_ONLY = new Property<>(
            "artifacts-only",
            null,
            "MLFLOW_ARTIFACTS_ONLY",
            ValueType.SWITCH,
            "false",
            "Serve artifacts only, without the tracking API.",
            STORAGE);
    static final Property<StoreUri> REGISTRY_STORE_URI = new Property<>(
            "registry-store-uri",
            null,
            "MLFLOW_REGISTRY_STORE_URI",
            ValueType.STORE_URI,
            null,
            "The model registry is part of the backend store; accepted only if it names the same database.",
            STORAGE);
    static final Property<Integer> COMPACT_AFTER = new Property<>(
            "compact-after",
            null,
            "KIROKU_COMPACT_AFTER",
            ValueType.integer(0, 86_400),
            "300",
            "Seconds after which logged metrics are compacted in the background, which makes them smaller and"
                    + " faster to read.",
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
            "The port to listen on. 0 chooses a free port, which the startup message shows.",
            NETWORK);
    static final Property<Integer> WORKERS = new Property<>(
            "workers",
            "-w",
            "MLFLOW_WORKERS",
            ValueType.integer(1, 256),
            "4",
            "Half the number of connections for reading from the database. There are no worker processes:"
                    + " every request has its own thread.",
            NETWORK);
    static final Property<String> STATIC_PREFIX = new Property<>(
            "static-prefix",
            null,
            "MLFLOW_STATIC_PREFIX",
            ValueType.PREFIX,
            null,
            "A prefix of all paths, for a reverse proxy that keeps it, such as /mlflow.",
            NETWORK);
    static final Property<String> MLFLOW_UI = new Property<>(
            "mlflow-ui",
            null,
            "KIROKU_MLFLOW_UI",
            ValueType.PATH,
            null,
            "Serve MLflow's own web UI at / and Kiroku's at /kiroku/. The location of an installed mlflow 3:"
                    + " a virtual environment, the Python package, or its folder server/js/build.",
            NETWORK);

    static final Property<Integer> MAX_REQUEST_BYTES = new Property<>(
            "max-request-bytes",
            null,
            "KIROKU_MAX_REQUEST_BYTES",
            ValueType.integer(1 << 16, 1 << 30),
            "33554432",
            "The largest JSON request, after decompression; at most an eighth of the JVM's heap. Artifacts"
                    + " have no limit.",
            LIMITS);
    static final Property<Integer> READ_TIMEOUT = new Property<>(
            "read-timeout",
            null,
            "KIROKU_READ_TIMEOUT",
            ValueType.integer(1, 3600),
            "30",
            "Seconds that a client may take to send all headers, or the next byte of a body.",
            LIMITS);
    static final Property<Integer> SHUTDOWN_TIMEOUT = new Property<>(
            "shutdown-timeout",
            null,
            "KIROKU_SHUTDOWN_TIMEOUT",
            ValueType.integer(0, 3600),
            "20",
            "Seconds that requests in flight may take to finish when the server stops.",
            LIMITS);

    static final Property<List<String>> ALLOWED_HOSTS = new Property<>(
            "allowed-hosts",
            null,
            "MLFLOW_SERVER_ALLOWED_HOSTS",
            ValueType.LIST,
            null,
            "Accepted Host headers, separated by commas, with * as a wildcard. Default: localhost and private"
                    + " addresses.",
            SECURITY);
    static final Property<List<String>> CORS_ALLOWED_ORIGINS = new Property<>(
            "cors-allowed-origins",
            null,
            "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
            ValueType.LIST,
            null,
            "Origins of web pages that may call this server, separated by commas, with * as a wildcard."
                    + " Default: localhost.",
            SECURITY);
    static final Property<FrameOptions> X_FRAME_OPTIONS = new Property<>(
            "x-frame-options",
            null,
            "MLFLOW_SERVER_X_FRAME_OPTIONS",
            ValueType.oneOf(FrameOptions.class),
            "SAMEORIGIN",
            "Who may show the web UI in a frame: SAMEORIGIN, DENY, or NONE for every page.",
            SECURITY);
    static final Property<Boolean> DISABLE_SECURITY_MIDDLEWARE = new Property<>(
            "disable-security-middleware",
            null,
            "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE",
            ValueType.SWITCH,
            "false",
            "Dangerous: accept every Host header and every origin. For experiments on a closed network only.",
            SECURITY);

    static final Property<String> TLS_CERT = new Property<>(
            "tls-cert",
            null,
            "KIROKU_TLS_CERT",
            ValueType.FILE,
            null,
            "Serve HTTPS with the certificate in this PEM file, followed by those of intermediate authorities."
                    + " Read again when it changes.",
            SECURITY);
    static final Property<String> TLS_KEY = new Property<>(
            "tls-key",
            null,
            "KIROKU_TLS_KEY",
            ValueType.FILE,
            null,
            "The PEM file with the private key of --tls-cert, in PKCS #8 without a password. Default: the file of"
                    + " --tls-cert.",
            SECURITY);
    static final Property<Integer> HSTS_SECONDS = new Property<>(
            "hsts-seconds",
            null,
            "KIROKU_HSTS_SECONDS",
            ValueType.integer(0, 63_072_000),
            "31536000",
            "With --tls-cert: how long browsers use HTTPS only for this host name, on all its ports"
                    + " (Strict-Transport-Security). 0 turns it off.",
            SECURITY);
    static final Property<AuthMode> AUTH = new Property<>(
            "auth",
            null,
            "KIROKU_AUTH",
            ValueType.oneOf(AuthMode.class),
            "OFF",
            "How callers authenticate: OFF (not at all), BASIC (by password or token of a user of 'kiroku"
                    + " users'), PROXY (by a trusted proxy), BOTH (BASIC and PROXY), OIDC (at an OpenID provider).",
            SECURITY);
    static final Property<String> APP_NAME = new Property<>(
            "app-name",
            null,
            "KIROKU_APP_NAME",
            ValueType.APP_NAME,
            null,
            "MLflow's name for a server with users: basic-auth means --auth BASIC, with the lines of --auth-config and an"
                    + " administrator.",
            SECURITY);
    static final Property<String> AUTH_CONFIG = new Property<>(
            "auth-config",
            null,
            "MLFLOW_AUTH_CONFIG_PATH",
            ValueType.FILE,
            null,
            "With --app-name: MLflow's basic_auth.ini, of which default_permission, admin_username and admin_password are"
                    + " read.",
            SECURITY);
    static final Property<String> ADMIN_USERNAME = new Property<>(
            "admin-username",
            null,
            "MLFLOW_AUTH_ADMIN_USERNAME",
            ValueType.TEXT,
            "admin",
            "With --auth BASIC: the administrator that a start adds if there is no such user and --admin-password is set.",
            SECURITY);
    static final Property<String> ADMIN_PASSWORD = new Property<>(
            "admin-password",
            null,
            "MLFLOW_AUTH_ADMIN_PASSWORD",
            ValueType.PASSWORD,
            null,
            "The password of the administrator that a start adds; prefer the variable to the flag. It does not change the"
                    + " password of a user.",
            SECURITY);
    static final Property<URI> OIDC_ISSUER = new Property<>(
            "oidc-issuer",
            null,
            "KIROKU_OIDC_ISSUER",
            ValueType.PROVIDER_URL,
            null,
            "The URL that identifies the OpenID provider; below it is .well-known/openid-configuration. Required"
                    + " with --auth OIDC.",
            SECURITY);
    static final Property<String> OIDC_CLIENT_ID = new Property<>(
            "oidc-client-id",
            null,
            "KIROKU_OIDC_CLIENT_ID",
            ValueType.TEXT,
            null,
            "The ID under which this server is registered with the provider. Required with --auth OIDC.",
            SECURITY);
    static final Property<String> OIDC_CLIENT_SECRET = new Property<>(
            "oidc-client-secret",
            null,
            "KIROKU_OIDC_CLIENT_SECRET",
            ValueType.SECRET,
            null,
            "The secret of the client; prefer the variable or the file to the flag. None for a public client.",
            SECURITY);
    static final Property<String> OIDC_CLIENT_SECRET_FILE = new Property<>(
            "oidc-client-secret-file",
            null,
            "KIROKU_OIDC_CLIENT_SECRET_FILE",
            ValueType.FILE,
            null,
            "A file with the secret of the client.",
            SECURITY);
    static final Property<String> OIDC_CA = new Property<>(
            "oidc-ca",
            null,
            "KIROKU_OIDC_CA",
            ValueType.FILE,
            null,
            "A PEM file with the certificate authorities that are trusted for connections to the provider. Default: those of the JDK.",
            SECURITY);
    static final Property<List<String>> OIDC_SCOPES = new Property<>(
            "oidc-scopes",
            null,
            "KIROKU_OIDC_SCOPES",
            ValueType.LIST,
            "openid,profile,email",
            "What the provider is asked for, separated by commas.",
            SECURITY);
    static final Property<String> OIDC_NAME_CLAIM = new Property<>(
            "oidc-name-claim",
            null,
            "KIROKU_OIDC_NAME_CLAIM",
            ValueType.TEXT,
            "preferred_username",
            "The claim with the name of a user. Users of the provider must not be able to choose it freely.",
            SECURITY);
    static final Property<String> OIDC_GROUPS_CLAIM = new Property<>(
            "oidc-groups-claim",
            null,
            "KIROKU_OIDC_GROUPS_CLAIM",
            ValueType.TEXT,
            "groups",
            "The claim with the groups of a user. A dot leads into an object, as in realm_access.roles.",
            SECURITY);
    static final Property<List<String>> OIDC_ALLOWED_GROUPS = new Property<>(
            "oidc-allowed-groups",
            null,
            "KIROKU_OIDC_ALLOWED_GROUPS",
            ValueType.LIST,
            null,
            "Groups of the provider whose members may sign in, separated by commas. Default: every user of the"
                    + " provider.",
            SECURITY);
    static final Property<String> OIDC_ADMIN_GROUP = new Property<>(
            "oidc-admin-group",
            null,
            "KIROKU_OIDC_ADMIN_GROUP",
            ValueType.TEXT,
            "admins",
            "The group of the provider whose members are administrators of this server.",
            SECURITY);
    static final Property<List<String>> OIDC_AUDIENCES = new Property<>(
            "oidc-audiences",
            null,
            "KIROKU_OIDC_AUDIENCES",
            ValueType.LIST,
            null,
            "Accepted audiences of the provider's tokens that programs send, separated by commas. Default: the"
                    + " client ID.",
            SECURITY);
    static final Property<URI> PUBLIC_URL = new Property<>(
            "public-url",
            null,
            "KIROKU_PUBLIC_URL",
            ValueType.PUBLIC_URL,
            null,
            "The URL of this server for browsers, for the redirects of --auth OIDC. Default: that of each request.",
            SECURITY);
    static final Property<Integer> SESSION_HOURS = new Property<>(
            "session-hours",
            null,
            "KIROKU_SESSION_HOURS",
            ValueType.integer(1, 8760),
            "12",
            "Hours after which people who signed in on the sign-in page sign in again.",
            SECURITY);
    static final Property<PermissionLevel> DEFAULT_PERMISSION = new Property<>(
            "default-permission",
            null,
            "KIROKU_DEFAULT_PERMISSION",
            ValueType.DEFAULT_PERMISSION,
            "READ",
            "What authenticated users may do to resources on which they have no grant: NO_PERMISSIONS, READ, USE, EDIT or"
                    + " MANAGE. A group can have a default permission of its own.",
            SECURITY);
    static final Property<List<AddressRange>> TRUSTED_PROXIES = new Property<>(
            "trusted-proxies",
            null,
            "KIROKU_TRUSTED_PROXIES",
            ValueType.ADDRESSES,
            null,
            "Addresses of the proxies whose headers are trusted, separated by commas, such as 10.0.0.5 or"
                    + " 10.1.0.0/16: X-Forwarded-For, X-Forwarded-Proto and, with --auth PROXY or BOTH, which require them, the"
                    + " user header. From any other address the headers are ignored.",
            SECURITY);
    static final Property<String> PROXY_USER_HEADER = new Property<>(
            "proxy-user-header",
            null,
            "KIROKU_PROXY_USER_HEADER",
            ValueType.HEADER,
            "X-Forwarded-User",
            "The header in which a trusted proxy passes the user; OAuth2 Proxy sends X-Forwarded-User and"
                    + " X-Forwarded-Email.",
            SECURITY);
    static final Property<String> PROXY_GROUPS_HEADER = new Property<>(
            "proxy-groups-header",
            null,
            "KIROKU_PROXY_GROUPS_HEADER",
            ValueType.HEADER,
            "X-Forwarded-Groups",
            "The header in which a trusted proxy passes the user's groups, separated by commas.",
            SECURITY);

    static final Property<List<String>> WEBHOOK_ALLOWED_SCHEMES = new Property<>(
            "webhook-allowed-schemes",
            null,
            "MLFLOW_WEBHOOK_ALLOWED_SCHEMES",
            ValueType.SCHEMES,
            "https",
            "Allowed schemes of webhook URLs, separated by commas: https, http.",
            SECURITY);
    static final Property<Boolean> WEBHOOK_ALLOW_PRIVATE_IPS = new Property<>(
            "webhook-allow-private-ips",
            null,
            "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS",
            ValueType.SWITCH,
            "false",
            "Whether webhooks may call this machine and private networks.",
            SECURITY);
    static final Property<Integer> WEBHOOK_TIMEOUT = new Property<>(
            "webhook-timeout",
            null,
            "MLFLOW_WEBHOOK_REQUEST_TIMEOUT",
            ValueType.integer(1, 100),
            "30",
            "Seconds within which the receiver of a webhook must respond.",
            LIMITS);
    static final Property<Integer> WEBHOOK_RETRIES = new Property<>(
            "webhook-retries",
            null,
            "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES",
            ValueType.integer(0, 100),
            "11",
            "How often a failed webhook delivery is repeated, after growing delays of up to an hour.",
            LIMITS);
    static final Property<Integer> WEBHOOK_WORKERS = new Property<>(
            "webhook-workers",
            null,
            "MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS",
            ValueType.integer(1, 1000),
            "10",
            "Webhook deliveries at the same time.",
            LIMITS);
    static final Property<String> WEBHOOK_SECRET_KEY = new Property<>(
            "webhook-secret-key",
            null,
            "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY",
            ValueType.SECRET_KEY,
            null,
            "32 random bytes in base64 that encrypt the secrets of webhooks in the database; prefer the"
                    + " variable to the flag. Without it, the secrets are stored in plain text.",
            SECURITY);

    static final Property<LogLevel> LOG_LEVEL = new Property<>(
            "log-level",
            null,
            "KIROKU_LOG_LEVEL",
            ValueType.oneOf(LogLevel.class),
            "INFO",
            "The lowest level that is logged: DEBUG, INFO, WARNING or ERROR.",
            LOGGING);
    static final Property<Boolean> DEV = new Property<>(
            "dev",
            null,
            "KIROKU_DEV",
            ValueType.SWITCH,
            "false",
            "Log at level DEBUG. Nothing is reloaded: the launcher rebuilds changed sources when it starts.",
            LOGGING);

    private static final List<Property<?>> SUPPORTED = List.of(
            BACKEND_STORE_URI,
            DATABASE_WAIT,
            DEFAULT_ARTIFACT_ROOT,
            ARTIFACTS_DESTINATION,
            ARTIFACT_LOCATION_MAX_LENGTH,
            ALLOWED_ARTIFACT_SCHEMES,
            PRESIGNED_URL_TTL,
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
            TRUNCATE_LONG_VALUES,
            WEBHOOK_TIMEOUT,
            WEBHOOK_RETRIES,
            WEBHOOK_WORKERS,
            ALLOWED_HOSTS,
            CORS_ALLOWED_ORIGINS,
            X_FRAME_OPTIONS,
            DISABLE_SECURITY_MIDDLEWARE,
            TLS_CERT,
            TLS_KEY,
            HSTS_SECONDS,
            TRUSTED_ARTIFACT_ROOTS,
            IMPORT_SOURCES,
            AUTH,
            APP_NAME,
            AUTH_CONFIG,
            ADMIN_USERNAME,
            ADMIN_PASSWORD,
            OIDC_ISSUER,
            OIDC_CLIENT_ID,
            OIDC_CLIENT_SECRET,
            OIDC_CLIENT_SECRET_FILE,
            OIDC_CA,
            OIDC_SCOPES,
            OIDC_NAME_CLAIM,
            OIDC_GROUPS_CLAIM,
            OIDC_ALLOWED_GROUPS,
            OIDC_ADMIN_GROUP,
            OIDC_AUDIENCES,
            PUBLIC_URL,
            SESSION_HOURS,
            DEFAULT_PERMISSION,
            TRUSTED_PROXIES,
            PROXY_USER_HEADER,
            PROXY_GROUPS_HEADER,
            WEBHOOK_ALLOWED_SCHEMES,
            WEBHOOK_ALLOW_PRIVATE_IPS,
            WEBHOOK_SECRET_KEY,
            LOG_LEVEL,
            DEV);

    /** Options of MLflow without effect in Kiroku. The help of each states the reason and is used as the warning. */
    static final List<Property<?>> IGNORED = List.of(
            ignored(
                    "read-replica-backend-store-uri",
                    "MLFLOW_READ_REPLICA_BACKEND_STORE_URI",
                    ValueType.TEXT,
                    "Reads use the backend store, like writes."),
            ignored("gunicorn-opts", "MLFLOW_GUNICORN_OPTS", ValueType.TEXT, "Kiroku does not use gunicorn."),
            ignored("uvicorn-opts", "MLFLOW_UVICORN_OPTS", ValueType.TEXT, "Kiroku does not use uvicorn."),
            ignored("waitress-opts", null, ValueType.TEXT, "Kiroku does not use waitress."),
            ignored(
                    "expose-prometheus",
                    "MLFLOW_EXPOSE_PROMETHEUS",
                    ValueType.TEXT,
                    "Prometheus metrics are always available at /metrics."),
            ignored(
                    "trace-archival-config",
                    "MLFLOW_TRACE_ARCHIVAL_CONFIG",
                    ValueType.TEXT,
                    "Kiroku does not store traces."),
            ignored(
                    "secrets-cache-ttl",
                    "MLFLOW_SERVER_SECRETS_CACHE_TTL",
                    ValueType.TEXT,
                    "Kiroku has no cache of secrets."),
            ignored(
                    "secrets-cache-max-size",
                    "MLFLOW_SERVER_SECRETS_CACHE_MAX_SIZE",
                    ValueType.TEXT,
                    "Kiroku has no cache of secrets."));

    /** Options of MLflow for isolation or access control that Kiroku does not offer. The server does not start with them, because ignoring them would be unsafe. */
    static final List<Property<?>> REJECTED = List.of(
            refused("enable-workspaces", "MLFLOW_ENABLE_WORKSPACES", ValueType.SWITCH, "Kiroku has no workspaces."),
            refused("workspace-store-uri", "MLFLOW_WORKSPACE_STORE_URI", ValueType.TEXT, "Kiroku has no workspaces."));

    private ServerProperties() {}

    /** Returns the property for the database, which other commands use too. */
    public static Property<StoreUri> backendStore() {
        return BACKEND_STORE_URI;
    }

    /** Returns the property for the location of artifacts that go through the server, which other commands use too. */
    public static Property<String> artifactsDestination() {
        return ARTIFACTS_DESTINATION;
    }

    /** Returns the property for the location of artifacts of new experiments, which other commands use too. */
    public static Property<String> defaultArtifactRoot() {
        return DEFAULT_ARTIFACT_ROOT;
    }

    /** Returns all properties in the order of the help. */
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
