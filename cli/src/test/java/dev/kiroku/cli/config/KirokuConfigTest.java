package dev.kiroku.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.core.tracking.LocationRules;
import dev.kiroku.core.transfer.ImportSources;
import dev.kiroku.core.webhooks.WebhookDispatcher;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.server.security.ServerCertificate.CertificateFiles;
import dev.kiroku.server.signin.OidcSettings;
import dev.kiroku.stores.StoreUri;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KirokuConfigTest {
    /** A value of a property that differs from the default, another value, and the expected result of the first. */
    record Example(
            Property<?> property, String text, String other, Function<KirokuConfig, Object> part, Object expected) {
        @Override
        public String toString() {
            return property.name();
        }
    }

    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static final String MLFLOW_PAGES = "lib/python3.11/site-packages/mlflow/server/js/build";

    @TempDir
    static Path folder;

    @BeforeAll
    static void installMlflow() throws IOException {
        Files.createDirectories(folder.resolve(MLFLOW_PAGES).resolve("static"));
        Files.writeString(folder.resolve(MLFLOW_PAGES).resolve("index.html"), "<!doctype html>");
        Files.writeString(folder.resolve("secret"), "from a file\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lib/python3.11/site-packages", "lib/python3.11/site-packages/mlflow", MLFLOW_PAGES})
    void findsMlflowPagesInEachAcceptedLocation(String place) {
        assertEquals(
                folder.resolve(MLFLOW_PAGES),
                config(Map.of("mlflow-ui", folder.resolve(place).toString()), Map.of(), "")
                        .mlflowUi());
    }

    static Stream<Example> examples() {
        return Stream.of(
                new Example(
                        ServerProperties.BACKEND_STORE_URI,
                        "sqlite:////srv/runs.db",
                        "sqlite:///other.db",
                        KirokuConfig::backendStore,
                        new StoreUri.Sqlite(Path.of("/srv/runs.db"))),
                new Example(
                        ServerProperties.REGISTRY_STORE_URI,
                        "sqlite:///kiroku-data/kiroku.db",
                        "sqlite:///./kiroku-data/kiroku.db",
                        KirokuConfig::backendStore,
                        new StoreUri.Sqlite(Path.of("kiroku-data/kiroku.db"))),
                new Example(
                        ServerProperties.DEFAULT_ARTIFACT_ROOT,
                        "s3://bucket/folder",
                        "/srv/artifacts",
                        KirokuConfig::defaultArtifactRoot,
                        "s3://bucket/folder"),
                new Example(
                        ServerProperties.ARTIFACTS_DESTINATION,
                        "s3://bucket",
                        "/srv/artifacts",
                        KirokuConfig::artifactsDestination,
                        "s3://bucket"),
                new Example(ServerProperties.SERVE_ARTIFACTS, "false", "true", KirokuConfig::serveArtifacts, false),
                new Example(ServerProperties.ARTIFACTS_ONLY, "true", "false", KirokuConfig::artifactsOnly, true),
                new Example(ServerProperties.DATABASE_WAIT, "0", "60", KirokuConfig::databaseWait, Duration.ZERO),
                new Example(
                        ServerProperties.COMPACT_AFTER, "60", "0", KirokuConfig::compactAfter, Duration.ofMinutes(1)),
                new Example(ServerProperties.HOST, "0.0.0.0", "127.0.0.2", KirokuConfig::host, "0.0.0.0"),
                new Example(ServerProperties.PORT, "8080", "8081", KirokuConfig::port, 8080),
                new Example(ServerProperties.WORKERS, "16", "2", KirokuConfig::workers, 16),
                new Example(
                        ServerProperties.STATIC_PREFIX,
                        "/team/mlflow",
                        "/other",
                        KirokuConfig::staticPrefix,
                        "/team/mlflow"),
                new Example(
                        ServerProperties.MLFLOW_UI,
                        folder.toString(),
                        "/other",
                        KirokuConfig::mlflowUi,
                        folder.resolve(MLFLOW_PAGES)),
                new Example(
                        ServerProperties.MAX_REQUEST_BYTES, "100000", "200000", KirokuConfig::maxRequestBytes, 100_000),
                new Example(ServerProperties.READ_TIMEOUT, "5", "6", KirokuConfig::readTimeoutSeconds, 5),
                new Example(ServerProperties.SHUTDOWN_TIMEOUT, "5", "6", KirokuConfig::shutdownTimeoutSeconds, 5),
                new Example(
                        ServerProperties.ALLOWED_HOSTS,
                        "a.example.com, b.example.com:5000",
                        "c",
                        KirokuConfig::allowedHosts,
                        List.of("a.example.com", "b.example.com:5000")),
                new Example(
                        ServerProperties.CORS_ALLOWED_ORIGINS,
                        "https://a.example.com",
                        "https://b",
                        KirokuConfig::corsAllowedOrigins,
                        List.of("https://a.example.com")),
                new Example(
                        ServerProperties.X_FRAME_OPTIONS,
                        "deny",
                        "NONE",
                        KirokuConfig::frameOptions,
                        FrameOptions.DENY),
                new Example(
                        ServerProperties.DISABLE_SECURITY_MIDDLEWARE,
                        "true",
                        "false",
                        KirokuConfig::securityDisabled,
                        true),
                new Example(
                        ServerProperties.TLS_CERT,
                        "/srv/cert.pem",
                        "/srv/other.pem",
                        KirokuConfig::tlsCertificate,
                        Path.of("/srv/cert.pem")),
                new Example(
                        ServerProperties.TLS_KEY,
                        "/srv/key.pem",
                        "/srv/other.pem",
                        KirokuConfig::tlsKey,
                        Path.of("/srv/key.pem")),
                new Example(ServerProperties.HSTS_SECONDS, "0", "60", KirokuConfig::hstsSeconds, 0),
                new Example(ServerProperties.AUTH, "basic", "OFF", KirokuConfig::auth, AuthMode.BASIC),
                new Example(ServerProperties.APP_NAME, "basic-auth", "other", KirokuConfig::auth, AuthMode.BASIC),
                new Example(
                        ServerProperties.AUTH_CONFIG,
                        "/srv/basic_auth.ini",
                        "/other",
                        config -> config.warnings()
                                .getFirst()
                                .startsWith("--auth-config has no effect without --app-name basic-auth (from "),
                        true),
                new Example(
                        ServerProperties.ADMIN_USERNAME,
                        "root",
                        "other",
                        config -> config.firstAdministrator().name(),
                        "root"),
                new Example(
                        ServerProperties.ADMIN_PASSWORD,
                        "correct horse",
                        "other",
                        config -> config.firstAdministrator().password(),
                        "correct horse"),
                new Example(
                        ServerProperties.OIDC_ISSUER,
                        "https://sso.example.com/realms/ml",
                        "https://other",
                        config -> config.oidc().issuer(),
                        URI.create("https://sso.example.com/realms/ml")),
                new Example(
                        ServerProperties.OIDC_CLIENT_ID,
                        "kiroku",
                        "other",
                        config -> config.oidc().clientId(),
                        "kiroku"),
                new Example(
                        ServerProperties.OIDC_CLIENT_SECRET,
                        "s3cret",
                        "other",
                        config -> config.oidc().clientSecret(),
                        "s3cret"),
                new Example(
                        ServerProperties.OIDC_CLIENT_SECRET_FILE,
                        folder.resolve("secret").toString(),
                        "/other",
                        config -> config.oidc().clientSecret(),
                        "from a file"),
                new Example(
                        ServerProperties.OIDC_CA,
                        "/etc/kiroku/ca.pem",
                        "/other",
                        config -> config.oidc().certificateAuthorities(),
                        Path.of("/etc/kiroku/ca.pem")),
                new Example(
                        ServerProperties.OIDC_SCOPES,
                        "openid, groups",
                        "openid",
                        config -> config.oidc().scopes(),
                        List.of("openid", "groups")),
                new Example(
                        ServerProperties.OIDC_NAME_CLAIM,
                        "email",
                        "sub",
                        config -> config.oidc().nameClaim(),
                        "email"),
                new Example(
                        ServerProperties.OIDC_GROUPS_CLAIM,
                        "realm_access.roles",
                        "roles",
                        config -> config.oidc().groupsClaim(),
                        "realm_access.roles"),
                new Example(
                        ServerProperties.OIDC_ALLOWED_GROUPS,
                        "ml,ops",
                        "x",
                        config -> config.oidc().allowedGroups(),
                        Set.of("ml", "ops")),
                new Example(
                        ServerProperties.OIDC_ADMIN_GROUP,
                        "platform",
                        "x",
                        config -> config.oidc().adminGroup(),
                        "platform"),
                new Example(
                        ServerProperties.OIDC_AUDIENCES,
                        "api://kiroku",
                        "x",
                        config -> config.oidc().audiences(),
                        Set.of("api://kiroku")),
                new Example(
                        ServerProperties.PUBLIC_URL,
                        "https://kiroku.example.com/ml/",
                        "https://other",
                        config -> config.oidc().publicUrl(),
                        URI.create("https://kiroku.example.com/ml")),
                new Example(ServerProperties.SESSION_HOURS, "1", "2", KirokuConfig::sessionHours, 1),
                new Example(
                        ServerProperties.DEFAULT_PERMISSION,
                        "EDIT",
                        "NO_PERMISSIONS",
                        KirokuConfig::defaultPermission,
                        PermissionLevel.EDIT),
                new Example(
                        ServerProperties.TRUSTED_PROXIES,
                        "10.0.0.5, fd00::/8",
                        "10.0.0.6",
                        KirokuConfig::trustedProxies,
                        List.of(AddressRange.parse("10.0.0.5"), AddressRange.parse("fd00::/8"))),
                new Example(
                        ServerProperties.PROXY_USER_HEADER,
                        "X-Forwarded-Email",
                        "X-User",
                        KirokuConfig::proxyUserHeader,
                        "X-Forwarded-Email"),
                new Example(
                        ServerProperties.PROXY_GROUPS_HEADER,
                        "X-Teams",
                        "X-Groups",
                        KirokuConfig::proxyGroupsHeader,
                        "X-Teams"),
                new Example(
                        ServerProperties.WEBHOOK_ALLOWED_SCHEMES,
                        "http, https",
                        "https",
                        KirokuConfig::webhookSchemes,
                        List.of("http", "https")),
                new Example(
                        ServerProperties.WEBHOOK_ALLOW_PRIVATE_IPS,
                        "true",
                        "false",
                        KirokuConfig::webhookPrivateIps,
                        true),
                new Example(ServerProperties.WEBHOOK_SECRET_KEY, KEY, "other", KirokuConfig::webhookSecretKey, KEY),
                new Example(
                        ServerProperties.WEBHOOK_TIMEOUT,
                        "5",
                        "6",
                        KirokuConfig::webhookTimeout,
                        Duration.ofSeconds(5)),
                new Example(
                        ServerProperties.WEBHOOK_RETRIES,
                        "3",
                        "4",
                        c -> c.webhookLimits().attempts(),
                        4),
                new Example(
                        ServerProperties.WEBHOOK_WORKERS,
                        "3",
                        "4",
                        c -> c.webhookLimits().concurrent(),
                        3),
                new Example(
                        ServerProperties.ARTIFACT_LOCATION_MAX_LENGTH,
                        "100",
                        "200",
                        c -> c.locationRules().maxLength(),
                        100),
                new Example(
                        ServerProperties.ALLOWED_ARTIFACT_SCHEMES,
                        "HDFS, abfss",
                        "ftp",
                        c -> c.locationRules().allowedSchemes(),
                        Set.of("hdfs", "abfss")),
                new Example(
                        ServerProperties.TRUSTED_ARTIFACT_ROOTS,
                        "S3://models/released, gs://b",
                        "s3://other",
                        KirokuConfig::trustedArtifactRoots,
                        List.of("s3://models/released", "gs://b")),
                new Example(
                        ServerProperties.IMPORT_SOURCES,
                        "/srv/mlflow, https://mlflow.example.com",
                        "/srv/other",
                        c -> c.importSources().allowed(),
                        List.of("/srv/mlflow", "https://mlflow.example.com")),
                new Example(
                        ServerProperties.PRESIGNED_URL_TTL,
                        "60",
                        "90",
                        KirokuConfig::presignedUrlTtl,
                        Duration.ofMinutes(1)),
                new Example(
                        ServerProperties.TRUNCATE_LONG_VALUES,
                        "false",
                        "true",
                        KirokuConfig::truncateLongValues,
                        false),
                new Example(ServerProperties.LOG_LEVEL, "warning", "ERROR", KirokuConfig::logLevel, LogLevel.WARNING),
                new Example(ServerProperties.DEV, "true", "false", KirokuConfig::logLevel, LogLevel.DEBUG));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void readsPropertyFromFlagVariableAndFile(Example example) {
        String name = example.property().name();
        assertEquals(example.expected(), example.part().apply(config(Map.of(name, example.text()), Map.of(), "")));
        assertEquals(
                example.expected(),
                example.part().apply(config(Map.of(), Map.of(example.property().env(), example.text()), "")));
        assertEquals(
                example.expected(),
                example.part().apply(config(Map.of(), Map.of(), name + ": '" + example.text() + "'")));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void flagOverridesEnvironmentAndEnvironmentOverridesFile(Example example) {
        String name = example.property().name();
        Map<String, String> variable = Map.of(example.property().env(), example.text());
        Map<String, String> otherVariable = Map.of(example.property().env(), example.other());
        String otherLine = name + ": '" + example.other() + "'";
        assertEquals(
                example.text(),
                settings(Map.of(name, example.text()), otherVariable, otherLine)
                        .setting(example.property())
                        .text());
        Setting fromEnvironment = settings(Map.of(), variable, otherLine).setting(example.property());
        assertEquals(
                new Setting(
                        example.property(),
                        example.text(),
                        "environment " + example.property().env()),
                fromEnvironment);
        Setting fromFile = settings(Map.of(), Map.of(example.property().env(), " "), otherLine)
                .setting(example.property());
        assertEquals(new Setting(example.property(), example.other(), "file kiroku.yaml"), fromFile);
    }

    @Test
    void everyPropertyWithAnEffectHasAnExample() {
        Set<Property<?>> without = new HashSet<>(ServerProperties.all());
        ServerProperties.IGNORED.forEach(without::remove);
        ServerProperties.REJECTED.forEach(without::remove);
        examples().forEach(example -> without.remove(example.property()));
        assertEquals(Set.of(), without);
    }

    @Test
    void namesAndVariablesAreUnique() {
        List<Property<?>> all = ServerProperties.all();
        assertEquals(all.size(), all.stream().map(Property::name).distinct().count());
        List<String> variables =
                all.stream().map(Property::env).filter(Objects::nonNull).toList();
        assertEquals(variables.size(), variables.stream().distinct().count());
    }

    @Test
    void defaultsAreALocalServerOnSqlite() {
        KirokuConfig config = config(Map.of(), Map.of(), "");
        assertEquals(
                new KirokuConfig(
                        new StoreUri.Sqlite(Path.of("kiroku-data/kiroku.db")),
                        Duration.ofMinutes(5),
                        "mlflow-artifacts:/",
                        "./kiroku-data/artifacts",
                        LocationRules.of("mlflow-artifacts:/"),
                        List.of(),
                        new ImportSources(List.of()),
                        Duration.ofMinutes(15),
                        true,
                        true,
                        false,
                        Duration.ofMinutes(5),
                        "127.0.0.1",
                        5000,
                        4,
                        "",
                        null,
                        33_554_432,
                        30,
                        20,
                        null,
                        null,
                        FrameOptions.SAMEORIGIN,
                        false,
                        null,
                        null,
                        31_536_000,
                        AuthMode.OFF,
                        new OidcSettings(
                                null,
                                null,
                                null,
                                List.of("openid", "profile", "email"),
                                "preferred_username",
                                "groups",
                                Set.of(),
                                "admins",
                                Set.of(),
                                null,
                                null),
                        12,
                        PermissionLevel.READ,
                        new KirokuConfig.FirstAdministrator("admin", null, false),
                        List.of(),
                        "X-Forwarded-User",
                        "X-Forwarded-Groups",
                        List.of("https"),
                        false,
                        null,
                        Duration.ofSeconds(30),
                        WebhookDispatcher.DeliveryLimits.DEFAULT,
                        LogLevel.INFO,
                        List.of()),
                config);
        assertTrue(config.isLoopbackOnly());
        assertFalse(config(Map.of("host", "0.0.0.0"), Map.of(), "").isLoopbackOnly());
    }

    @Test
    void artifactRootIsLocalFolderWhenArtifactsAreNotServed() {
        assertEquals(
                "./kiroku-data/artifacts",
                config(Map.of("serve-artifacts", "false"), Map.of(), "").defaultArtifactRoot());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            port                   | 70000               | must be an integer from 0 to 65535
            port                   | -1                  | must be an integer from 0 to 65535
            workers                | many                | must be an integer from 1 to 256
            max-request-bytes      | 1000                | must be an integer from 65536 to 1073741824
            read-timeout           | 0                   | must be an integer from 1 to 3600
            shutdown-timeout       | soon                | must be an integer from 0 to 3600
            host                   | http://0.0.0.0      | must be a host name or an address
            host                   | 1.2.3.4.5           | is not an IPv4 address
            host                   | 10.0.0.256          | is not an IPv4 address
            serve-artifacts        | perhaps             | must be true or false
            static-prefix          | mlflow              | must start with a slash
            static-prefix          | /mlflow/            | must start with a slash
            static-prefix          | /../etc             | must start with a slash
            mlflow-ui              | /nowhere/at/all     | does not exist
            mlflow-ui              | src                 | has no web UI of MLflow
            x-frame-options        | ALLOWALL            | must be one of SAMEORIGIN, DENY, NONE
            log-level              | loud                | must be one of DEBUG, INFO, WARNING, ERROR
            backend-store-uri      | mysql://a:hunter2@b | has the scheme 'mysql'
            registry-store-uri     | sqlite:///other.db  | must be the backend store
            default-artifact-root  | gs://bucket         | has the scheme 'gs', which Kiroku has no artifact store for
            artifacts-destination  | s3:///no-bucket     | must name a bucket
            artifacts-destination  | mlflow-artifacts:/  | must be a folder or s3://bucket/folder
            artifacts-destination  | http://host/api/2.0/mlflow-artifacts/artifacts | must be a folder or s3://bucket/folder
            default-artifact-root  | http://host/files   | must be the address of proxied artifacts
            default-artifact-root  | http://a:b@host/api/2.0/mlflow-artifacts/artifacts | must be the address of proxied artifacts
            trusted-artifact-roots | /srv/models         | must be URIs of buckets or folders in other stores
            trusted-artifact-roots | s3://a,file:///srv  | must be URIs of buckets or folders in other stores
            trusted-artifact-roots | mlflow-artifacts:/x | must be URIs of buckets or folders in other stores
            trusted-artifact-roots | s3://b/x/%2e%2e/y   | must not have '..'
            import-sources         | srv/mlflow          | must be folders such as /srv/mlflow
            import-sources         | https://a:b@example.com | must be folders such as /srv/mlflow
            auth                   | ldap                | must be one of OFF, BASIC, PROXY, BOTH
            auth                   | proxy               | needs --trusted-proxies
            auth                   | oidc                | needs --oidc-issuer
            oidc-issuer            | http://sso.example.com | must begin with https://
            oidc-issuer            | sso.example.com     | must be a URL
            oidc-issuer            | https://a@sso.example.com | must be a URL
            public-url             | ftp://example.com   | must be a URL
            oidc-client-secret-file | /nowhere/secret    | cannot be read
            trusted-proxies        | proxy.example.com   | must be addresses such as 10.0.0.5
            trusted-proxies        | 10.0.0.0/33         | must be addresses such as 10.0.0.5
            proxy-user-header      | X Forwarded         | must be the name of an HTTP header
            webhook-allowed-schemes | ftp                | must be https, http or both
            webhook-secret-key     | hunter2             | must be 32 random bytes in base64
            app-name               | oidc-auth           | must be basic-auth; instead of another app, write --auth OIDC
            app-name               | Basic-Auth          | must be basic-auth
            admin-password         | password1234        | must not be the password that MLflow's basic_auth.ini used to have
            enable-workspaces      | true                | is not supported: Kiroku has no workspaces
            workspace-store-uri    | sqlite:///w.db      | is not supported: Kiroku has no workspaces
            """)
    void invalidValueIsReportedWithReasonAndOrigin(String name, String text, String reason) {
        KirokuException refused = assertThrows(KirokuException.class, () -> config(Map.of(name, text), Map.of(), ""));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        assertTrue(refused.getMessage().startsWith("--" + name + " " + reason), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("from flag --" + name + ")"), refused.getMessage());
        assertFalse(
                refused.getMessage().contains("hunter2") || refused.getMessage().contains("\n"), refused.getMessage());
        String variable = property(name).env();
        if (variable == null) {
            return;
        }
        KirokuException again = assertThrows(KirokuException.class, () -> config(Map.of(), Map.of(variable, text), ""));
        assertTrue(again.getMessage().endsWith("from environment " + variable + ")"), again.getMessage());
    }

    @Test
    void tlsNeedsACertificate() {
        assertNull(config(Map.of(), Map.of(), "").tls());
        var one = config(Map.of("tls-cert", "/srv/both.pem"), Map.of(), "").tls();
        assertEquals(new CertificateFiles(Path.of("/srv/both.pem"), Path.of("/srv/both.pem")), one.files());
        KirokuConfig keyOnly = config(Map.of("tls-key", "/srv/key.pem"), Map.of(), "");
        assertThrows(KirokuException.class, keyOnly::tls);
    }

    @Test
    void artifactsOnlyRequiresServeArtifacts() {
        KirokuException refused = assertThrows(
                KirokuException.class,
                () -> config(Map.of("artifacts-only", "true", "serve-artifacts", "false"), Map.of(), ""));
        assertTrue(refused.getMessage().contains("nothing to serve"), refused.getMessage());
    }

    @Test
    void ignoredOptionsAreWarnedAboutOnce() {
        for (Property<?> property : ServerProperties.IGNORED) {
            assertEquals(
                    List.of(property.flag() + " has no effect: " + property.help() + " (from flag " + property.flag()
                            + ")"),
                    config(Map.of(property.name(), "x"), Map.of(), "").warnings());
        }
    }

    @Test
    void insecureOptionsAreWarnedAbout() {
        assertTrue(config(Map.of("allowed-hosts", "*"), Map.of(), "")
                .warnings()
                .getFirst()
                .contains("DNS rebinding"));
        assertTrue(config(Map.of("cors-allowed-origins", "*"), Map.of(), "")
                .warnings()
                .getFirst()
                .contains("any web page"));
        assertTrue(config(Map.of("disable-security-middleware", "true"), Map.of(), "")
                .warnings()
                .getFirst()
                .contains("every host"));
    }

    @Test
    void disabledWorkspacesAreAccepted() {
        assertEquals(
                List.of(),
                config(Map.of(), Map.of("MLFLOW_ENABLE_WORKSPACES", "false"), "")
                        .warnings());
    }

    @Test
    void unsetPropertiesAreNull() {
        assertNull(settings(Map.of(), Map.of(), "").get(ServerProperties.ALLOWED_HOSTS));
    }

    private static Property<?> property(String name) {
        return ServerProperties.all().stream()
                .filter(property -> property.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static KirokuConfig config(Map<String, String> flags, Map<String, String> environment, String file) {
        return KirokuConfig.from(settings(flags, environment, file));
    }

    private static Settings settings(Map<String, String> flags, Map<String, String> environment, String file) {
        return new Settings(ServerProperties.all(), flags, environment, ConfigFile.parse("kiroku.yaml", file));
    }
}
