package dev.kiroku.cli.wiring;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.cli.config.AuthMode;
import dev.kiroku.cli.config.FrameOptions;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.core.artifacts.Artifacts;
import dev.kiroku.core.artifacts.DirectAccess;
import dev.kiroku.core.artifacts.ProxiedArtifacts;
import dev.kiroku.core.audit.Audit;
import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.core.guard.ArtifactOwners;
import dev.kiroku.core.guard.StoredResourceKeys;
import dev.kiroku.core.registry.Registry;
import dev.kiroku.core.registry.approvals.ApprovalExpiry;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.gates.MlmodelReader;
import dev.kiroku.core.reports.Reports;
import dev.kiroku.core.tracking.ArtifactLocations;
import dev.kiroku.core.tracking.Experiments;
import dev.kiroku.core.tracking.IdGenerator;
import dev.kiroku.core.tracking.LoggedModels;
import dev.kiroku.core.tracking.Overviews;
import dev.kiroku.core.tracking.Runs;
import dev.kiroku.core.transfer.ImportRunner;
import dev.kiroku.core.transfer.RecordImports;
import dev.kiroku.core.transfer.RecordLocations;
import dev.kiroku.core.transfer.RunImports;
import dev.kiroku.core.transfer.ServerImports;
import dev.kiroku.core.users.AccessPolicies;
import dev.kiroku.core.users.AccountCredentials;
import dev.kiroku.core.users.AccountDirectory;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.DeviceLogins;
import dev.kiroku.core.users.FailedSignIns;
import dev.kiroku.core.users.Permissions;
import dev.kiroku.core.users.ResourcePermissions;
import dev.kiroku.core.users.Roles;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.UserAccounts;
import dev.kiroku.core.users.Users;
import dev.kiroku.core.webhooks.SecretCipher;
import dev.kiroku.core.webhooks.WebhookDispatcher;
import dev.kiroku.core.webhooks.WebhookHttpClient;
import dev.kiroku.core.webhooks.WebhookSender;
import dev.kiroku.core.webhooks.WebhookUrlPolicy;
import dev.kiroku.core.webhooks.Webhooks;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.server.EndpointBindings;
import dev.kiroku.server.KirokuServer;
import dev.kiroku.server.ServerInfo;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.artifacts.ArtifactRoutes;
import dev.kiroku.server.artifacts.ProxiedArtifactRoutes;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.signin.DeviceLoginRoutes;
import dev.kiroku.server.signin.OidcSignIn;
import dev.kiroku.server.signin.SignInRoutes;
import dev.kiroku.stores.StoreSettings;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Dialects;
import dev.kiroku.stores.tracking.Compactor;
import dev.kiroku.transfer.SourceImportRunner;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Creates the tracking server from a configuration: every constructor call from the stores up to the HTTP server, in order. */
public final class ServerWiring {
    private static final String ARTIFACTS_ONLY =
            "This server was started with --artifacts-only and serves artifacts only. Send this request to the tracking server.";

    /** The paths of all endpoints, which an artifacts-only server rejects with a message. */
    private static final List<String> API_PATHS =
            List.of("/api/2.0/mlflow/{path...}", "/api/3.0/mlflow/{path...}", "/api/2.0/kiroku/{path...}");

    private static final String TRACKING_AUTH_VARIABLE = "MLFLOW_SERVER_INFO_TRACKING_AUTH";
    private static final String SOURCE_PATTERN_VARIABLE = "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX";

    private ServerWiring() {}

    /**
     * Starts a server. If the start fails, everything that was opened is closed.
     *
     * @param environment the environment variables that the artifact stores read, such as those of the AWS SDK
     * @throws dev.kiroku.model.KirokuException if a store cannot be opened or the port is in use, with a message for the operator
     */
    public static RunningServer start(KirokuConfig config, Map<String, String> environment) {
        ResourceStack resources = new ResourceStack();
        try {
            KirokuServer server = config.artifactsOnly()
                    ? startArtifactsOnlyServer(config, environment, resources)
                    : startTrackingServer(config, environment, resources);
            return new RunningServer("tracking server", server.port(), resources);
        } catch (RuntimeException | Error e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    private static KirokuServer startTrackingServer(
            KirokuConfig config, Map<String, String> environment, ResourceStack resources) {
        Clock clock = Clock.systemUTC();
        String artifactRoot = config.defaultArtifactRoot();
        Stores stores = resources.add(Stores.open(
                Dialects.of(config.backendStore()),
                new StoreSettings(2 * config.workers(), config.databaseWait(), config.trustedArtifactRoots()),
                id -> ArtifactLocations.append(artifactRoot, Long.toString(id)),
                clock.millis()));
        var artifactStores = resources.add(new ConfiguredArtifactStores(
                config.serveArtifacts() ? config.artifactsDestination() : null, artifactRoot, environment));

        var random = new SecureRandom();
        IdGenerator ids = new IdGenerator(random);
        var experiments = new Experiments(stores.experiments(), config.locationRules(), clock);
        var runs = new Runs(stores.runs(), stores.experiments(), ids, clock, config.truncateLongValues());
        var models = new LoggedModels(stores.loggedModels(), stores.experiments(), ids, clock);
        var registry = new Registry(
                stores.registry(),
                stores.runs(),
                stores.loggedModels(),
                new MlmodelReader(artifactStores),
                clock,
                config.locationRules(),
                allowedSources(environment));
        var artifacts = new Artifacts(artifactStores, stores.runs(), stores.loggedModels(), config.presignedUrlTtl());
        var proxiedArtifacts = new ProxiedArtifacts(artifactStores, config.presignedUrlTtl());

        var users = new Users(stores.users(), random, clock);
        users.warnOfAmbiguousNames();
        if (config.auth().usesPasswords()) {
            addFirstAdministrator(config.firstAdministrator(), users);
        }
        var credentials = credentials(config, stores, random, clock, resources);
        var sessions = sessions(config, stores, credentials, random, clock);
        var deviceLogins = new DeviceLogins(stores.deviceLogins(), sessions, random, clock);
        OidcSignIn oidc = oidc(config, credentials, sessions, random, resources);
        var authenticator = authenticator(config, credentials, sessions, oidc);

        var keys = new StoredResourceKeys(stores.resources());
        var owners = new ArtifactOwners(stores.resources(), keys, artifactStores, artifactRoot);
        AccessGuard guard = new AccessGuard(keys, owners, stores.resources());

        var urlPolicy = new WebhookUrlPolicy(config.webhookSchemes(), config.webhookPrivateIps());
        var cipher = SecretCipher.of(config.webhookSecretKey(), random);
        var sender = new WebhookSender(
                new WebhookHttpClient(
                        urlPolicy, () -> (SSLSocketFactory) SSLSocketFactory.getDefault(), config.webhookTimeout()),
                cipher,
                clock);
        var dispatcher =
                resources.add(new WebhookDispatcher(stores.webhooks(), sender, random, clock, config.webhookLimits()));
        stores.outbox().onCommit(dispatcher::wake);
        var webhooks = new Webhooks(stores.webhooks(), urlPolicy, cipher, sender, dispatcher::wake, clock);

        // The classes of the sources are loaded when an import starts.
        ImportRunner importRunner = request ->
                new SourceImportRunner(stores.transfer(), config.importSources(), environment).prepare(request);
        var imports = resources.add(
                new ServerImports(stores.imports(), stores.audit(), config.importSources(), importRunner, clock));

        var approvals = new Approvals(stores.registry(), clock);
        List<EndpointBinding<?, ?>> bindings = Stream.of(
                        EndpointBindings.all(
                                experiments, runs, models, artifacts, proxiedArtifacts, registry, users, webhooks),
                        EndpointBindings.governance(
                                new Gates(stores.registry(), clock), approvals, new Audit(stores.audit())),
                        EndpointBindings.access(
                                new UserAccounts(users, stores.users(), stores.access()),
                                new Roles(stores.access(), stores.users(), clock),
                                new Permissions(
                                        stores.access(), stores.users(), keys, config.defaultPermission(), clock),
                                new AccessPolicies(
                                        stores.access(), stores.users(), keys, config.defaultPermission(), clock),
                                new ResourcePermissions(
                                        stores.access(), stores.users(), keys, config.defaultPermission())),
                        EndpointBindings.accounts(
                                new AccountDirectory(users, stores.access(), clock),
                                new AccountCredentials(users, stores.users(), stores.sessions(), clock)),
                        EndpointBindings.overviews(new Overviews(stores.overviews(), stores.experiments())),
                        EndpointBindings.transfers(
                                new RunImports(
                                        stores.transfer(),
                                        stores.experiments(),
                                        stores.loggedModels(),
                                        stores.audit(),
                                        clock),
                                new RecordImports(stores.transfer(), stores.audit(), clock),
                                new RecordLocations(
                                        stores.relocations(),
                                        new RecordLocations.Destination(
                                                artifactStores, artifactRoot, owners::readAgain),
                                        stores.audit(),
                                        clock),
                                imports),
                        EndpointBindings.reports(new Reports(stores.reports(), ids, clock)),
                        EndpointBindings.logins(deviceLogins))
                .<EndpointBinding<?, ?>>flatMap(List::stream)
                .toList();
        List<Route> routes = Stream.of(
                        new ProxiedArtifactRoutes(proxiedArtifacts).routes(),
                        new ArtifactRoutes(artifacts, registry::getStorageLocation).routes(),
                        signInRoutes(config, sessions, oidc),
                        config.authentication().hasSignInPage()
                                ? new DeviceLoginRoutes(deviceLogins).routes()
                                : List.<Route>of())
                .flatMap(List::stream)
                .toList();
        Optional<DirectAccess> directAccess =
                config.serveArtifacts() ? artifactStores.proxied().directAccess() : Optional.empty();
        Compactor compactor = resources.add(stores.startCompactor(config.compactAfter()));
        KirokuServer server = resources.add(KirokuServer.start(
                settings(config),
                info(config.serveArtifacts(), directAccess, environment),
                authenticator,
                guard,
                bindings,
                routes,
                () -> StoreMetrics.of(stores.database(), compactor)));
        dispatcher.start();
        resources.add(ApprovalExpiry.start(approvals));
        return server;
    }

    private static void addFirstAdministrator(KirokuConfig.FirstAdministrator first, Users users) {
        try {
            users.addFirstAdministrator(
                    first.name(), first.password(), new Caller("os:" + System.getProperty("user.name"), "-"));
        } catch (KirokuException e) {
            throw KirokuException.invalid(
                    "The administrator '%s' cannot be added: %s Set --admin-username and --admin-password.",
                    first.name(), e.getMessage());
        }
        if (first.required() && !users.hasAdministrator()) {
            throw KirokuException.invalid(
                    "There is no administrator yet. Set MLFLOW_AUTH_ADMIN_PASSWORD for the first start, or add one with 'kiroku users"
                            + " add %s --group %s'.",
                    first.name(), Caller.ADMINS);
        }
    }

    private static CredentialVerifier credentials(
            KirokuConfig config, Stores stores, SecureRandom random, Clock clock, ResourceStack resources) {
        return config.authentication().allowsAnonymous()
                ? new CredentialVerifier(stores.users(), random, clock)
                : new CredentialVerifier(
                        stores.users(), random, clock, resources.add(FailedSignIns.start(stores.audit(), clock)));
    }

    private static Sessions sessions(
            KirokuConfig config, Stores stores, CredentialVerifier credentials, SecureRandom random, Clock clock) {
        return new Sessions(stores.sessions(), credentials, random, clock, Duration.ofHours(config.sessionHours()));
    }

    /** Returns the sign-in at an OpenID provider, or null. The library for its protocol is loaded only here. */
    private static @Nullable OidcSignIn oidc(
            KirokuConfig config,
            CredentialVerifier credentials,
            Sessions sessions,
            SecureRandom random,
            ResourceStack resources) {
        return config.auth() == AuthMode.OIDC
                ? resources.add(new OidcSignIn(config.oidc(), credentials, sessions, config.staticPrefix(), random))
                : null;
    }

    private static Authenticator authenticator(
            KirokuConfig config, CredentialVerifier credentials, Sessions sessions, @Nullable OidcSignIn oidc) {
        return new Authenticator(
                config.authentication(), credentials, sessions, oidc == null ? null : oidc::authenticate);
    }

    private static List<Route> signInRoutes(KirokuConfig config, Sessions sessions, @Nullable OidcSignIn oidc) {
        return config.authentication().hasSignInPage() ? new SignInRoutes(sessions, oidc).routes() : List.of();
    }

    /** Starts a server of artifacts. Opens the database only if callers must authenticate. */
    private static KirokuServer startArtifactsOnlyServer(
            KirokuConfig config, Map<String, String> environment, ResourceStack resources) {
        Authenticator authenticator = Authenticator.disabled();
        List<Route> signIn = List.of();
        var artifactStores = resources.add(
                new ConfiguredArtifactStores(config.artifactsDestination(), config.defaultArtifactRoot(), environment));
        AccessGuard guard = AccessGuard.forAnonymousCallers();
        if (!config.authentication().allowsAnonymous()) {
            Clock clock = Clock.systemUTC();
            var random = new SecureRandom();
            Stores stores = resources.add(Stores.open(config.backendStore(), config.databaseWait()));
            var credentials = credentials(config, stores, random, clock, resources);
            Sessions sessions = sessions(config, stores, credentials, random, clock);
            OidcSignIn oidc = oidc(config, credentials, sessions, random, resources);
            authenticator = authenticator(config, credentials, sessions, oidc);
            signIn = signInRoutes(config, sessions, oidc);
            var keys = new StoredResourceKeys(stores.resources());
            var owners = new ArtifactOwners(stores.resources(), keys, artifactStores, config.defaultArtifactRoot());
            guard = new AccessGuard(keys, owners, stores.resources());
        }
        var artifacts = new ProxiedArtifacts(artifactStores, config.presignedUrlTtl());
        Stream<Route> others = Arrays.stream(Endpoint.HttpMethod.values())
                .flatMap(method -> API_PATHS.stream().map(path -> Route.notImplemented(method, path, ARTIFACTS_ONLY)));
        List<Route> routes = Stream.of(
                        new ProxiedArtifactRoutes(artifacts).routes().stream(),
                        ArtifactRoutes.notImplemented(ARTIFACTS_ONLY).stream(),
                        signIn.stream(),
                        others)
                .flatMap(s -> s)
                .toList();
        return resources.add(KirokuServer.start(
                settings(config),
                info(true, artifactStores.proxied().directAccess(), environment),
                authenticator,
                guard,
                EndpointBindings.proxiedArtifacts(artifacts),
                routes,
                List::of));
    }

    /** Returns the pattern that the operator requires of sources of model versions, with MLflow's variable; null for any source. */
    private static @Nullable Pattern allowedSources(Map<String, String> environment) {
        String regex = environment.getOrDefault(SOURCE_PATTERN_VARIABLE, "");
        try {
            return regex.isEmpty() ? null : Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw KirokuException.invalid(
                    "%s is not a regular expression: %s", SOURCE_PATTERN_VARIABLE, e.getDescription());
        }
    }

    private static ServerSettings settings(KirokuConfig config) {
        return new ServerSettings(
                config.host(),
                config.port(),
                config.staticPrefix(),
                config.mlflowUi(),
                config.allowedHosts(),
                config.corsAllowedOrigins(),
                config.frameOptions() == FrameOptions.NONE
                        ? null
                        : config.frameOptions().name(),
                config.securityDisabled(),
                config.maxRequestBytes(),
                Duration.ofSeconds(config.readTimeoutSeconds()),
                Duration.ofSeconds(config.shutdownTimeoutSeconds()),
                config.tls());
    }

    private static ServerInfo info(
            boolean servesArtifacts, Optional<DirectAccess> directAccess, Map<String, String> environment) {
        boolean multipart = directAccess.flatMap(DirectAccess::multipartUploads).isPresent();
        return new ServerInfo(
                "SqlStore",
                false,
                false,
                servesArtifacts,
                multipart,
                directAccess.isPresent(),
                true,
                true,
                true,
                environment.getOrDefault(TRACKING_AUTH_VARIABLE, ""),
                false,
                new ServerInfo.Features(false, false));
    }
}
