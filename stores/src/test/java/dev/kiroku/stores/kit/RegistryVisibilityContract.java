package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.Registry;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.gates.MlmodelReader;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.core.webhooks.WebhookStore.WebhookSettings;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.reports.Report;
import dev.kiroku.model.webhooks.Webhook;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.stores.Stores;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link VisibilityContract}, for the registry, reports and webhooks. */
public abstract class RegistryVisibilityContract {
    private static final String PROMPTS = "tags.`mlflow.prompt.is_prompt` = 'true'";
    private static final List<ResourceType> TYPES = List.of(
            ResourceType.REGISTERED_MODEL,
            ResourceType.REGISTERED_MODEL,
            ResourceType.PROMPT,
            ResourceType.MODEL_VERSION,
            ResourceType.PROMPT_VERSION);

    private final AtomicLong time = new AtomicLong(1000);
    private Stores stores;
    private Registry registry;
    private RegistryWriter writer;
    private Gates gates;
    private Approvals approvals;
    /** The keys of models, also of deleted ones. */
    private final Map<String, ResourceKey> keys = new HashMap<>();

    /** Opens stores with an empty database. */
    protected abstract Stores open() throws Exception;

    @BeforeEach
    void begin() throws Exception {
        stores = open();
        keys.clear();
        InstantSource clock = () -> Instant.ofEpochMilli(time.incrementAndGet());
        registry =
                new Registry(stores.registry(), stores.runs(), stores.loggedModels(), new MlmodelReader(null), clock);
        writer = new RegistryWriter(stores.registry());
        gates = new Gates(stores.registry(), clock);
        approvals = new Approvals(stores.registry(), clock);
    }

    @AfterEach
    void close() {
        stores.close();
    }

    private ChangeContext change() {
        return new ChangeContext(RandomGrants.ADMIN, time.incrementAndGet());
    }

    /** @param promptTag the value of the tag that marks prompts; null for a model */
    private void addModel(String name, @Nullable String promptTag) {
        List<KeyValue> tags =
                promptTag == null ? List.of() : List.of(new KeyValue(WebhookMessage.PROMPT_TAG, promptTag));
        writer.create(name, null, tags, change());
        for (int version = 1; version <= 2; version++) {
            writer.createVersion(new NewVersion(name, "s3://b/m", "s3://b/m", null, null, null, tags, null), change());
        }
        keys.put(name, promptTag == null ? ResourceKey.registeredModel(name) : ResourceKey.prompt(name));
    }

    private void addModels(Random random) {
        for (int i = 0; i < 45; i++) {
            addModel(
                    RandomGrants.randomName(random) + i,
                    switch (i % 5) {
                        case 0, 1 -> "true";
                        case 2 -> i % 2 == 0 ? "True" : null;
                        default -> null;
                    });
        }
    }

    private List<RegisteredModel> searchModels(Caller caller, int pageSize, @Nullable String filter) {
        return PageReader.readAll(pageSize, token -> {
            var page = registry.search(
                    new RegistryApi.SearchRegistryRequest(filter, (long) pageSize, List.of(), token), caller);
            return new PageReader.Page<>(page.registeredModels(), page.nextPageToken());
        });
    }

    private List<ModelVersion> searchVersions(Caller caller, int pageSize, @Nullable String filter) {
        return PageReader.readAll(pageSize, token -> {
            var page = registry.searchVersions(
                    new RegistryApi.SearchRegistryRequest(filter, (long) pageSize, List.of("name ASC"), token), caller);
            return new PageReader.Page<>(page.modelVersions(), page.nextPageToken());
        });
    }

    private List<Long> searchApprovals(Caller caller, int pageSize) {
        return PageReader.readAll(pageSize, token -> {
            var page = approvals.search(
                    new ApprovalApi.SearchApprovalsRequest(null, null, null, (long) pageSize, token), caller);
            return new PageReader.Page<>(
                    page.approvalRequests().stream().map(ApprovalRequest::id).toList(), page.nextPageToken());
        });
    }

    private boolean mayRead(EffectiveGrants rights, String model) {
        return rights.decide(Action.READ, key(model)).allowed();
    }

    private boolean mayReadVersions(EffectiveGrants rights, String model) {
        ResourceKey key = key(model);
        ResourceType part =
                key.type() == ResourceType.PROMPT ? ResourceType.PROMPT_VERSION : ResourceType.MODEL_VERSION;
        return rights.decide(Action.READ, key.child(part, "1")).allowed();
    }

    private ResourceKey key(String model) {
        return keys.get(model);
    }

    private static String describe(ModelVersion version) {
        return version.name() + "/" + version.version();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void searchesHaveWhatTheNaiveModelAllows(long seed) {
        Random random = new Random(seed);
        addModels(random);
        List<ResourceKey> all = List.copyOf(keys.values());
        for (int round = 0; round < 40; round++) {
            EffectiveGrants rights = RandomGrants.randomRights(random, TYPES, all);
            Caller caller = RandomGrants.caller(rights);
            int pageSize = 1 + random.nextInt(20);
            for (String filter : new String[] {null, PROMPTS}) {
                Supplier<String> what = () -> filter + " " + all + " " + rights.visible(ResourceType.REGISTERED_MODEL)
                        + " " + rights.visible(ResourceType.PROMPT);
                List<RegisteredModel> found = searchModels(caller, pageSize, filter);
                assertEquals(
                        searchModels(RandomGrants.ADMIN, 1000, filter).stream()
                                .map(RegisteredModel::name)
                                .filter(name -> mayRead(rights, name))
                                .toList(),
                        found.stream().map(RegisteredModel::name).toList(),
                        what);
                for (RegisteredModel model : found) {
                    int versions = mayReadVersions(rights, model.name()) ? 1 : 0;
                    assertEquals(versions, model.latestVersions().size(), what);
                }
                assertEquals(
                        searchVersions(RandomGrants.ADMIN, 1000, filter).stream()
                                .filter(version -> mayReadVersions(rights, version.name()))
                                .map(RegistryVisibilityContract::describe)
                                .toList(),
                        searchVersions(caller, pageSize, filter).stream()
                                .map(RegistryVisibilityContract::describe)
                                .toList(),
                        what);
            }
        }
    }

    /** What is cached of a model is not what one caller saw of it. */
    @Test
    void callersInAlternationSeeTheirOwn() {
        addModel("a1", null);
        addModel("b1", null);
        Caller ann = RandomGrants.caller(PermissionLevel.NO_PERMISSIONS, "READ registered_model/a*");
        Caller bob = RandomGrants.caller(
                PermissionLevel.READ, "DENY registered_model/a1", "DENY registered_model_version/b*");
        for (int i = 0; i < 3; i++) {
            assertEquals(List.of("a1 1"), described(searchModels(ann, 1, null)));
            assertEquals(List.of("b1 0"), described(searchModels(bob, 1, null)));
            assertEquals(List.of("a1 1", "b1 1"), described(searchModels(RandomGrants.ADMIN, 1, null)));
            assertEquals("b1 0", read("b1", bob));
            assertEquals("b1 1", read("b1", RandomGrants.ADMIN));
        }
    }

    private String read(String name, Caller caller) {
        return described(List.of(registry.get(new RegistryApi.RegisteredModelNameRequest(name), caller)
                        .registeredModel()))
                .getFirst();
    }

    private static List<String> described(List<RegisteredModel> models) {
        return models.stream()
                .map(model -> model.name() + " " + model.latestVersions().size())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void approvalRequestsAreThoseForReadableModels(long seed) {
        Random random = new Random(seed);
        addModels(random);
        Gate.ApprovalRequirement anyone = new Gate.ApprovalRequirement(1L, List.of(), null, null);
        gates.apply(
                new GateApi.ApplyGatesRequest(
                        List.of(new Gate("sign-off", "*", "champion", null, null, anyone, null)), null, null),
                RandomGrants.ADMIN);
        Map<Long, String> modelOf = new HashMap<>();
        for (String name : keys.keySet()) {
            ApprovalRequest opened = approvals
                    .open(
                            new ApprovalApi.CreateApprovalRequest(name, "1", "champion", null, null, null),
                            RandomGrants.ADMIN)
                    .approvalRequest();
            modelOf.put(opened.id(), name);
        }
        for (String name : List.copyOf(keys.keySet())) {
            if (random.nextInt(4) == 0) {
                writer.delete(name, change());
                keys.put(name, ResourceKey.registeredModel(name)); // nothing says any more what it was
            }
        }
        List<ResourceKey> all = List.copyOf(keys.values());
        for (int round = 0; round < 40; round++) {
            EffectiveGrants rights = RandomGrants.randomRights(random, TYPES, all);
            assertEquals(
                    searchApprovals(RandomGrants.ADMIN, 1000).stream()
                            .filter(id -> mayRead(rights, modelOf.get(id)))
                            .toList(),
                    searchApprovals(RandomGrants.caller(rights), 1 + random.nextInt(20)),
                    () -> all + " " + rights.visible(ResourceType.REGISTERED_MODEL) + " "
                            + rights.visible(ResourceType.PROMPT));
        }
    }

    @Test
    void reportsAreThoseThatTheCallerMayRead() {
        List<String> ids = new ArrayList<>();
        List<ResourceKey> resources = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String id = "%x-%d".formatted(i % 16, i);
            stores.reports().create(id, "t", "c", change());
            ids.addFirst(id);
            resources.add(ResourceKey.named(ResourceType.REPORT, id));
        }
        Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            EffectiveGrants rights = RandomGrants.randomRights(random, List.of(ResourceType.REPORT), resources);
            int pageSize = 1 + random.nextInt(10);
            VisibleResources visible = rights.visible(ResourceType.REPORT);
            assertEquals(
                    ids.stream()
                            .filter(id -> rights.decide(Action.READ, ResourceKey.named(ResourceType.REPORT, id))
                                    .allowed())
                            .toList(),
                    PageReader.<String>readAll(pageSize, token -> {
                        var page = stores.reports().search("", visible, pageSize, token);
                        return new PageReader.Page<>(
                                page.items().stream().map(Report::reportId).toList(), page.nextPageToken());
                    }),
                    visible::toString);
        }
    }

    @Test
    void webhooksAndDeliveriesAreThoseThatTheCallerMayRead() {
        for (String id : List.of("a-1", "a-2", "b-1")) {
            stores.webhooks()
                    .create(
                            id,
                            new WebhookSettings(id, null, "https://h/", Set.of("registered_model.created"), true, null),
                            change());
        }
        addModel("m", null);
        VisibleResources some = RandomGrants.caller(
                        PermissionLevel.NO_PERMISSIONS, "READ webhook/a-*", "DENY webhook/a-2", "READ webhook/c")
                .rights()
                .visible(ResourceType.WEBHOOK);
        assertEquals(
                List.of("a-1"),
                stores.webhooks().list(some, 10, null).items().stream()
                        .map(Webhook::webhookId)
                        .toList());
        var any = new WebhookApi.SearchDeliveriesRequest(null, null, null, null);
        assertEquals(
                List.of("a-1"),
                stores.webhooks().searchDeliveries(any, some, 10).items().stream()
                        .map(delivery -> delivery.webhookId())
                        .toList());
        assertEquals(
                3,
                stores.webhooks()
                        .searchDeliveries(any, VisibleResources.ALL, 10)
                        .items()
                        .size());
    }

    @Test
    void gatesAreThoseThatTheCallerMayRead() {
        gates.apply(
                new GateApi.ApplyGatesRequest(
                        List.of(
                                new Gate("a", "*", "champion", null, "metrics.x >= 1", null, null),
                                new Gate("b", "*", "champion", null, "metrics.x >= 1", null, null)),
                        null,
                        null),
                RandomGrants.ADMIN);
        var all = gates.list(new Empty(), RandomGrants.ADMIN);
        var some = gates.list(new Empty(), RandomGrants.caller(PermissionLevel.READ, "DENY gate/b"));
        assertEquals(List.of("a"), some.gates().stream().map(Gate::name).toList());
        assertEquals(all.revision(), some.revision());
    }
}
