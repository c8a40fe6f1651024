package dev.kiroku.cli;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.cli.config.FrameOptions;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.core.artifacts.ArtifactLocations;
import dev.kiroku.core.artifacts.Artifacts;
import dev.kiroku.core.audit.Audit;
import dev.kiroku.core.registry.Registry;
import dev.kiroku.core.registry.approvals.ApprovalExpiry;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.gates.MlmodelReader;
import dev.kiroku.core.reports.Reports;
import dev.kiroku.core.tracking.Experiments;
import dev.kiroku.core.tracking.IdGenerator;
import dev.kiroku.core.tracking.Locations;
import dev.kiroku.core.tracking.LoggedModels;
import dev.kiroku.core.tracking.Overviews;
import dev.kiroku.core.tracking.Runs;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Users;
import dev.kiroku.core.webhooks.SecretCipher;
import dev.kiroku.core.webhooks.WebhookDispatcher;
import dev.kiroku.core.webhooks.WebhookHttpClient;
import dev.kiroku.core.webhooks.WebhookSender;
import dev.kiroku.core.webhooks.WebhookUrlPolicy;
import dev.kiroku.core.webhooks.Webhooks;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.server.EndpointBindings;
import dev.kiroku.server.KirokuServer;
import dev.kiroku.server.ServerInfo;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.artifacts.ArtifactRoutes;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.http.Route;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.tracking.Compactor;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;

/** Puts the program together: what stands on what, from the stores up to the server, to be read from top to bottom. */
public final class ServerWiring {
    private static final String ARTIFACTS_ONLY =
            "This server was started with --artifacts-only: it serves artifacts and nothing else. Ask the tracking server.";

    /** Whatever is not found otherwise. */
    private static final List<String> OTHERS =
            List.of("/api/2.0/mlflow/{path...}", "/api/3.0/mlflow/{path...}", "/api/2.0/kiroku/{path...}");

    private ServerWiring() {}

    /**
     * @param environment for what the AWS SDK's users set there
     * @throws dev.kiroku.model.KirokuException when a store cannot be opened, with a message for the operator
     */
    public static RunningServer start(KirokuConfig config, Map<String, String> environment) {
        return config.artifactsOnly()
                ? startArtifactsOnlyServer(config, environment)
                : startTrackingServer(config, environment);
    }

    private static RunningServer startTrackingServer(KirokuConfig config, Map<String, String> environment) {
        Clock clock = Clock.systemUTC();
        String artifactRoot = config.defaultArtifactRoot();
        Stores stores = Stores.open(
                config.backendStore(),
                2 * config.workers(),
                id -> Locations.append(artifactRoot, Long.toString(id)),
                clock.millis());
        try {
            var places = new ConfiguredArtifactStores(
                    config.serveArtifacts() ? config.artifactsDestination() : null, artifactRoot, environment);

            var random = new SecureRandom();
            IdGenerator ids = new IdGenerator(random);
            var experiments = new Experiments(stores.experiments(), artifactRoot, ArtifactLocations::validate, clock);
            var runs = new Runs(stores.runs(), ids, clock);
            var models = new LoggedModels(stores.loggedModels(), ids, clock);
            var registry = new Registry(
                    stores.registry(), stores.runs(), stores.loggedModels(), new MlmodelReader(places), clock);
            var artifacts = new Artifacts(places, stores.runs(), stores.loggedModels());

            var users = new Users(stores.users(), random, clock);
            var authenticator =
                    new Authenticator(config.authentication(), new CredentialVerifier(stores.users(), random, clock));

            var destinations = new WebhookUrlPolicy(config.webhookSchemes(), config.webhookPrivateIps());
            var secrets = SecretCipher.of(config.webhookSecretKey(), random);
            var delivery = new WebhookSender(
                    new WebhookHttpClient(destinations, () -> (SSLSocketFactory) SSLSocketFactory.getDefault()),
                    secrets,
                    clock);
            var deliveries = new WebhookDispatcher(stores.webhooks(), delivery, random, clock);
            stores.outbox().onCommit(deliveries::wake);
            var webhooks = new Webhooks(stores.webhooks(), destinations, secrets, delivery, deliveries::wake, clock);

            var approvals = new Approvals(stores.registry(), clock);
            List<EndpointBinding<?, ?>> bindings = Stream.of(
                            EndpointBindings.all(experiments, runs, models, artifacts, registry, users, webhooks),
                            EndpointBindings.governance(
                                    new Gates(stores.registry(), clock), approvals, new Audit(stores.audit())),
                            EndpointBindings.overviews(new Overviews(stores.overviews())),
                            EndpointBindings.reports(new Reports(stores.reports(), ids, clock)))
                    .<EndpointBinding<?, ?>>flatMap(List::stream)
                    .toList();
            var files = new ArtifactRoutes(artifacts, registry::getStorageLocation);
            List<Route> routes = Stream.concat(files.proxyRoutes().stream(), files.recordRoutes().stream())
                    .toList();
            boolean direct =
                    config.serveArtifacts() && places.proxied().directAccess().isPresent();
            Compactor compactor = stores.startCompactor(config.compactAfter());
            KirokuServer server = KirokuServer.start(
                    settings(config),
                    info(direct),
                    authenticator,
                    bindings,
                    routes,
                    () -> StoreMetrics.of(stores.database(), compactor));
            deliveries.start();
            ApprovalExpiry approvalExpiry = ApprovalExpiry.start(approvals);
            return new RunningServer(
                    server.port(), List.of(server, approvalExpiry, deliveries, places, compactor, stores));
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    /** Artifacts and nothing else. No database is opened, unless to ask who somebody is: there is nothing else to keep in one. */
    private static RunningServer startArtifactsOnlyServer(KirokuConfig config, Map<String, String> environment) {
        boolean anybody = config.authentication().allowsAnonymous();
        Stores stores = anybody ? null : Stores.open(config.backendStore());
        try {
            var places = new ConfiguredArtifactStores(
                    config.artifactsDestination(), config.defaultArtifactRoot(), environment);
            var artifacts = new Artifacts(places, null, null);
            var files = new ArtifactRoutes(artifacts, null);
            List<EndpointBinding<?, ?>> bindings = EndpointBindings.artifacts(artifacts).stream()
                    .filter(binding -> isArtifacts(binding.endpoint()))
                    .toList();
            Stream<Route> others = Arrays.stream(Endpoint.HttpMethod.values())
                    .flatMap(verb -> OTHERS.stream().map(path -> Route.notImplemented(verb, path, ARTIFACTS_ONLY)));
            List<Route> routes = Stream.concat(
                            files.proxyRoutes().stream(),
                            Stream.concat(
                                    files.recordRoutes().stream().map(route -> route.disabled(ARTIFACTS_ONLY)), others))
                    .toList();
            var authenticator = anybody
                    ? Authenticator.disabled()
                    : new Authenticator(
                            config.authentication(),
                            new CredentialVerifier(stores.users(), new SecureRandom(), Clock.systemUTC()));
            KirokuServer server = KirokuServer.start(
                    settings(config),
                    info(places.proxied().directAccess().isPresent()),
                    authenticator,
                    bindings,
                    routes,
                    List::of);
            return new RunningServer(
                    server.port(), anybody ? List.of(server, places) : List.of(server, places, stores));
        } catch (RuntimeException e) {
            if (stores != null) {
                stores.close();
            }
            throw e;
        }
    }

    private static boolean isArtifacts(Endpoint<?, ?> endpoint) {
        return endpoint.path().startsWith("/2.0/mlflow-artifacts/");
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
                Duration.ofSeconds(config.shutdownTimeoutSeconds()));
    }

    /** @param direct whether clients may send parts of artifacts to the store itself, and read them there */
    private static ServerInfo info(boolean direct) {
        return new ServerInfo("SqlStore", false, false, direct, direct, true, true, new ServerInfo.Features(false));
    }
}
