package dev.kiroku.cli.config;

import static dev.kiroku.cli.config.ServerProperties.*;

import dev.kiroku.core.files.FileErrors;
import dev.kiroku.core.net.AddressRange;
import dev.kiroku.core.tracking.LocationRules;
import dev.kiroku.core.transfer.ImportSources;
import dev.kiroku.core.webhooks.WebhookDispatcher;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.ServerCertificate.CertificateFiles;
import dev.kiroku.server.security.TrustedProxies;
import dev.kiroku.server.signin.OidcSettings;
import dev.kiroku.stores.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The validated configuration of {@code kiroku server}, with defaults. The properties are described in {@link ServerProperties}.
 *
 * @param staticPrefix empty, or a path that starts with a slash
 * @param mlflowUi the folder of MLflow's built pages, or null
 * @param allowedHosts null for the defaults (localhost and private addresses)
 * @param corsAllowedOrigins null for the defaults (localhost)
 * @param tlsCertificate null for HTTP
 * @param tlsKey null if the key is in the file of the certificate
 * @param oidc the issuer and client ID are not null with {@link AuthMode#OIDC}
 * @param firstAdministrator counts only if people sign in with passwords of this server
 * @param warnings warnings for the operator, one line each
 */
public record KirokuConfig(
        StoreUri backendStore,
        Duration databaseWait,
        String defaultArtifactRoot,
        String artifactsDestination,
        LocationRules locationRules,
        List<String> trustedArtifactRoots,
        ImportSources importSources,
        Duration presignedUrlTtl,
        boolean truncateLongValues,
        boolean serveArtifacts,
        boolean artifactsOnly,
        Duration compactAfter,
        String host,
        int port,
        int workers,
        String staticPrefix,
        Path mlflowUi,
        int maxRequestBytes,
        int readTimeoutSeconds,
        int shutdownTimeoutSeconds,
        List<String> allowedHosts,
        List<String> corsAllowedOrigins,
        FrameOptions frameOptions,
        boolean securityDisabled,
        Path tlsCertificate,
        Path tlsKey,
        int hstsSeconds,
        AuthMode auth,
        OidcSettings oidc,
        int sessionHours,
        PermissionLevel defaultPermission,
        FirstAdministrator firstAdministrator,
        List<AddressRange> trustedProxies,
        String proxyUserHeader,
        String proxyGroupsHeader,
        List<String> webhookSchemes,
        boolean webhookPrivateIps,
        String webhookSecretKey,
        Duration webhookTimeout,
        WebhookDispatcher.DeliveryLimits webhookLimits,
        LogLevel logLevel,
        List<String> warnings) {

    /**
     * The administrator that a start adds if there is no user of this name.
     *
     * @param password null to add none
     * @param required whether a start without any administrator fails
     */
    public record FirstAdministrator(String name, String password, boolean required) {
        /** Returns a text without the password. */
        @Override
        public String toString() {
            return "FirstAdministrator[" + name + "]";
        }
    }

    /**
     * Returns the configuration that the settings describe.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if a value is invalid or two values contradict each other
     */
    public static KirokuConfig from(Settings given) {
        rejectUnsupported(given);
        MlflowAccounts accounts = MlflowAccounts.of(given);
        Settings settings = accounts.settings();
        boolean serve = settings.get(SERVE_ARTIFACTS);
        boolean artifactsOnly = settings.get(ARTIFACTS_ONLY);
        if (artifactsOnly && !serve) {
            throw KirokuException.invalid(
                    "--artifacts-only and --no-serve-artifacts exclude each other: there would be nothing to serve");
        }
        StoreUri backend = settings.get(BACKEND_STORE_URI);
        StoreUri registry = settings.get(REGISTRY_STORE_URI);
        if (registry != null && !registry.equals(backend)) {
            throw Settings.refusal(
                    settings.setting(REGISTRY_STORE_URI), "must be the backend store: Kiroku keeps the registry in it");
        }
        String destination = settings.get(ARTIFACTS_DESTINATION);
        if (destination.matches("(?i)(mlflow-artifacts|https?):.*")) {
            throw Settings.refusal(settings.setting(ARTIFACTS_DESTINATION), "must be a folder or s3://bucket/folder");
        }
        String root = settings.get(DEFAULT_ARTIFACT_ROOT);
        if (root == null) {
            root = serve ? "mlflow-artifacts:/" : ARTIFACTS_DESTINATION.defaultText();
        }
        String prefix = settings.get(STATIC_PREFIX);
        return new KirokuConfig(
                backend,
                Duration.ofSeconds(settings.get(DATABASE_WAIT)),
                root,
                destination,
                locationRules(root, settings),
                settings.get(TRUSTED_ARTIFACT_ROOTS) == null ? List.of() : settings.get(TRUSTED_ARTIFACT_ROOTS),
                new ImportSources(settings.get(IMPORT_SOURCES) == null ? List.of() : settings.get(IMPORT_SOURCES)),
                Duration.ofSeconds(settings.get(PRESIGNED_URL_TTL)),
                settings.get(TRUNCATE_LONG_VALUES),
                serve,
                artifactsOnly,
                Duration.ofSeconds(settings.get(COMPACT_AFTER)),
                settings.get(HOST),
                settings.get(PORT),
                settings.get(WORKERS),
                prefix == null ? "" : prefix,
                mlflowUi(settings),
                settings.get(MAX_REQUEST_BYTES),
                settings.get(READ_TIMEOUT),
                settings.get(SHUTDOWN_TIMEOUT),
                settings.get(ALLOWED_HOSTS),
                settings.get(CORS_ALLOWED_ORIGINS),
                settings.get(X_FRAME_OPTIONS),
                settings.get(DISABLE_SECURITY_MIDDLEWARE),
                path(settings.get(TLS_CERT)),
                path(settings.get(TLS_KEY)),
                settings.get(HSTS_SECONDS),
                settings.get(AUTH),
                oidc(settings),
                settings.get(SESSION_HOURS),
                settings.get(DEFAULT_PERMISSION),
                accounts.firstAdministrator(),
                trustedProxies(settings),
                settings.get(PROXY_USER_HEADER),
                settings.get(PROXY_GROUPS_HEADER),
                settings.get(WEBHOOK_ALLOWED_SCHEMES),
                settings.get(WEBHOOK_ALLOW_PRIVATE_IPS),
                settings.get(WEBHOOK_SECRET_KEY),
                Duration.ofSeconds(settings.get(WEBHOOK_TIMEOUT)),
                new WebhookDispatcher.DeliveryLimits(settings.get(WEBHOOK_RETRIES) + 1, settings.get(WEBHOOK_WORKERS)),
                settings.get(DEV) ? LogLevel.DEBUG : settings.get(LOG_LEVEL),
                Stream.concat(accounts.warnings().stream(), warnings(settings).stream())
                        .toList());
    }

    /** Returns whether only programs on this machine can connect to the server. */
    public boolean isLoopbackOnly() {
        return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
    }

    /**
     * Returns the settings of HTTPS, or null for HTTP.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if there is a key without a certificate
     */
    public ServerSettings.TlsSettings tls() {
        if (tlsCertificate == null && tlsKey != null) {
            throw KirokuException.invalid("--tls-key needs --tls-cert, the certificate that the key belongs to");
        }
        return tlsCertificate == null
                ? null
                : new ServerSettings.TlsSettings(
                        new CertificateFiles(tlsCertificate, tlsKey == null ? tlsCertificate : tlsKey), hstsSeconds);
    }

    /** Returns how callers authenticate and which proxies are trusted. */
    public Authenticator.AuthenticationSettings authentication() {
        return new Authenticator.AuthenticationSettings(
                auth.methods(),
                new TrustedProxies(trustedProxies),
                proxyUserHeader,
                proxyGroupsHeader,
                defaultPermission);
    }

    private static Path path(String text) {
        return text == null ? null : Path.of(text);
    }

    private static OidcSettings oidc(Settings settings) {
        if (settings.get(AUTH) == AuthMode.OIDC
                && (settings.get(OIDC_ISSUER) == null || settings.get(OIDC_CLIENT_ID) == null)) {
            throw Settings.refusal(
                    settings.setting(AUTH),
                    "needs --oidc-issuer and --oidc-client-id, the provider and the ID of this server there");
        }
        return new OidcSettings(
                settings.get(OIDC_ISSUER),
                settings.get(OIDC_CLIENT_ID),
                clientSecret(settings),
                settings.get(OIDC_SCOPES),
                settings.get(OIDC_NAME_CLAIM),
                settings.get(OIDC_GROUPS_CLAIM),
                set(settings.get(OIDC_ALLOWED_GROUPS)),
                settings.get(OIDC_ADMIN_GROUP),
                set(settings.get(OIDC_AUDIENCES)),
                settings.get(PUBLIC_URL),
                path(settings.get(OIDC_CA)));
    }

    private static Set<String> set(List<String> values) {
        return values == null ? Set.of() : Set.copyOf(values);
    }

    private static String clientSecret(Settings settings) {
        String file = settings.get(OIDC_CLIENT_SECRET_FILE);
        if (file == null) {
            return settings.get(OIDC_CLIENT_SECRET);
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw Settings.refusal(
                    settings.setting(OIDC_CLIENT_SECRET_FILE), "cannot be read: " + FileErrors.reason(e));
        }
    }

    private static LocationRules locationRules(String artifactRoot, Settings settings) {
        List<String> schemes = settings.get(ALLOWED_ARTIFACT_SCHEMES);
        return new LocationRules(
                artifactRoot,
                settings.get(ARTIFACT_LOCATION_MAX_LENGTH),
                schemes == null
                        ? Set.of()
                        : schemes.stream()
                                .map(scheme -> scheme.toLowerCase(Locale.ROOT))
                                .collect(Collectors.toSet()));
    }

    private static Path mlflowUi(Settings settings) {
        String place = settings.get(MLFLOW_UI);
        try {
            return place == null ? null : MlflowUiFiles.find(place);
        } catch (KirokuException e) {
            throw Settings.refusal(settings.setting(MLFLOW_UI), e.getMessage());
        }
    }

    private static List<AddressRange> trustedProxies(Settings settings) {
        List<AddressRange> proxies = settings.get(TRUSTED_PROXIES) == null ? List.of() : settings.get(TRUSTED_PROXIES);
        if (settings.get(AUTH).proxies() && proxies.isEmpty()) {
            throw Settings.refusal(
                    settings.setting(AUTH),
                    "needs --trusted-proxies, the addresses of the proxies whose header is trusted");
        }
        return proxies;
    }

    private static void rejectUnsupported(Settings settings) {
        for (Property<?> property : REJECTED) {
            Setting setting = settings.setting(property);
            // --disable-workspaces and MLFLOW_ENABLE_WORKSPACES=false are what Kiroku does anyway.
            if (setting.isSet() && !Boolean.FALSE.equals(settings.get(property))) {
                throw KirokuException.invalid(
                        property.flag() + " is not supported: " + property.help() + " (from " + setting.origin() + ")");
            }
        }
    }

    private static List<String> warnings(Settings settings) {
        List<String> warnings = new ArrayList<>();
        for (Property<?> property : IGNORED) {
            Setting setting = settings.setting(property);
            if (setting.isSet()) {
                warnings.add(
                        property.flag() + " has no effect: " + property.help() + " (from " + setting.origin() + ")");
            }
        }
        if (settings.get(AUTH) == AuthMode.OFF && !trustedProxies(settings).isEmpty()) {
            warnings.add("--trusted-proxies has no effect with --auth OFF: no header is trusted.");
        }
        if (settings.get(DISABLE_SECURITY_MIDDLEWARE)) {
            warnings.add("--disable-security-middleware: requests for every host and origin are accepted;"
                    + " any web page can read and change your data.");
        }
        if (hasWildcard(settings.get(ALLOWED_HOSTS))) {
            warnings.add(
                    "--allowed-hosts '*': every Host header is accepted, which makes DNS rebinding attacks possible.");
        }
        if (hasWildcard(settings.get(CORS_ALLOWED_ORIGINS))) {
            warnings.add("--cors-allowed-origins '*': any web page can read and change your data.");
        }
        return List.copyOf(warnings);
    }

    private static boolean hasWildcard(List<String> entries) {
        return entries != null && entries.contains("*");
    }
}
