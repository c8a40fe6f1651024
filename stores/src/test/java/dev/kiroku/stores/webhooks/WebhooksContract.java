package dev.kiroku.stores.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.Registry;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.gates.MlmodelReader;
import dev.kiroku.core.webhooks.SecretCipher;
import dev.kiroku.core.webhooks.WebhookDispatcher;
import dev.kiroku.core.webhooks.WebhookHttpClient;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.core.webhooks.WebhookSender;
import dev.kiroku.core.webhooks.WebhookUrlPolicy;
import dev.kiroku.core.webhooks.Webhooks;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.RegistryApi;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.model.webhooks.WebhookDelivery;
import dev.kiroku.model.webhooks.WebhookDelivery.State;
import dev.kiroku.model.webhooks.WebhookEvent;
import dev.kiroku.model.webhooks.WebhookEvent.Action;
import dev.kiroku.model.webhooks.WebhookEvent.Entity;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.kit.TestDatabases;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of webhooks on each database, with a real receiver. */
abstract class WebhooksContract {
    private static final Caller ANN = new Caller("ann", "r");
    private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final List<WebhookEvent> EVENTS = List.of(
            new WebhookEvent(Entity.REGISTERED_MODEL, Action.CREATED),
                    new WebhookEvent(Entity.MODEL_VERSION, Action.CREATED),
            new WebhookEvent(Entity.MODEL_VERSION_TAG, Action.SET),
                    new WebhookEvent(Entity.MODEL_VERSION_TAG, Action.DELETED),
            new WebhookEvent(Entity.MODEL_VERSION_ALIAS, Action.CREATED),
                    new WebhookEvent(Entity.MODEL_VERSION_ALIAS, Action.DELETED),
            new WebhookEvent(Entity.PROMPT, Action.CREATED), new WebhookEvent(Entity.PROMPT_VERSION, Action.CREATED),
            new WebhookEvent(Entity.PROMPT_TAG, Action.SET), new WebhookEvent(Entity.PROMPT_TAG, Action.DELETED));

    /** @param status the status of the response */
    private record ReceivedRequest(String path, Map<String, List<String>> headers, String body, int status) {
        String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }

        String event() {
            return body.replaceAll(".*\"entity\":\"([a-z_]+)\",\"action\":\"([a-z_.]+)\".*", "$1.$2");
        }
    }

    /** The part of a server that delivers webhooks. */
    private final class TestServer implements AutoCloseable {
        private final Stores stores = TestDatabases.open(database);
        private final SecureRandom random = new SecureRandom();
        private final WebhookUrlPolicy urlPolicy = new WebhookUrlPolicy(List.of("http"), true);
        private final SecretCipher secretCipher = SecretCipher.of(KEY, random);
        private final WebhookSender sender = new WebhookSender(
                new WebhookHttpClient(urlPolicy, () -> null, Duration.ofSeconds(30)), secretCipher, Clock.systemUTC());
        private final WebhookDispatcher dispatcher = new WebhookDispatcher(
                stores.webhooks(), sender, random, Clock.systemUTC(), WebhookDispatcher.DeliveryLimits.DEFAULT);
        private final Webhooks webhooks =
                new Webhooks(stores.webhooks(), urlPolicy, secretCipher, sender, dispatcher::wake, Clock.systemUTC());
        private final Registry registry = new Registry(
                stores.registry(), stores.runs(), stores.loggedModels(), new MlmodelReader(null), Clock.systemUTC());

        TestServer start() {
            stores.outbox().onCommit(dispatcher::wake);
            dispatcher.start();
            return this;
        }

        @Override
        public void close() {
            dispatcher.close();
            stores.close();
        }
    }

    private final BlockingQueue<ReceivedRequest> received = new LinkedBlockingQueue<>();
    private final Map<String, List<Integer>> plannedStatuses = new ConcurrentHashMap<>();
    private HttpServer receiver;
    private TestServer server;

    private StoreUri database;

    /** Returns an empty database for one test. */
    protected abstract StoreUri newDatabase() throws Exception;

    @BeforeEach
    void startReceiver() throws Exception {
        received.clear();
        plannedStatuses.clear();
        database = newDatabase();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            String path = exchange.getRequestURI().toString();
            List<Integer> planned = plannedStatuses.getOrDefault(path, new ArrayList<>());
            int status = planned.isEmpty() ? 200 : planned.removeFirst();
            received.add(new ReceivedRequest(
                    path,
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8),
                    status));
            exchange.getResponseHeaders()
                    .add(status == 503 ? "Retry-After" : "Location", status == 503 ? "0" : "/elsewhere");
            byte[] said = "thanks".getBytes(UTF_8);
            exchange.sendResponseHeaders(status, path.contains("chunked") ? 0 : said.length);
            exchange.getResponseBody().write(said);
            exchange.close();
        });
        receiver.start();
        server = new TestServer().start();
    }

    @AfterEach
    void stopReceiver() {
        server.close();
        receiver.stop(0);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + path;
    }

    private String webhook(String path, String secret) {
        return server.webhooks
                .create(
                        new WebhookApi.CreateWebhookRequest(
                                "hook", null, url(path), EVENTS, secret, null, List.of("approval.requested")),
                        ANN)
                .webhook()
                .webhookId();
    }

    private ReceivedRequest next() throws InterruptedException {
        ReceivedRequest next = received.poll(20, TimeUnit.SECONDS);
        assertNotNull(next, "nothing was delivered");
        return next;
    }

    private void model(String name, KeyValue... tags) {
        server.registry.create(new RegistryApi.CreateRegisteredModelRequest(name, List.of(tags), null, null), ANN);
    }

    private List<WebhookDelivery> log(State state) {
        return server.webhooks
                .searchDeliveries(new WebhookApi.SearchDeliveriesRequest(null, state, null, null), ANN)
                .deliveries();
    }

    /** Waits until as many deliveries are in a state. */
    private List<WebhookDelivery> await(State state, int count) throws InterruptedException {
        for (int i = 0; i < 400 && log(state).size() < count; i++) {
            Thread.sleep(50);
        }
        assertEquals(count, log(state).size());
        return log(state);
    }

    @Test
    void changesAreDeliveredSignedAndLogged() throws Exception {
        webhook("/hook?a=1", "hush hush");
        model("m", new KeyValue("k", "v"));
        ReceivedRequest it = next();
        assertEquals("/hook?a=1", it.path());
        assertTrue(
                it.body()
                        .matches("\\{\"entity\":\"registered_model\",\"action\":\"created\",\"timestamp\":\"[^\"]+\","
                                + "\"data\":\\{\"name\":\"m\",\"tags\":\\{\"k\":\"v\"},\"description\":\"\"}}"),
                it.body());
        String id = it.header("X-mlflow-delivery-id");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("hush hush".getBytes(UTF_8), "HmacSHA256"));
        String signed = id + "." + it.header("X-mlflow-timestamp") + "." + it.body();
        assertEquals(
                "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8))),
                it.header("X-mlflow-signature"));
        WebhookDelivery logged = await(State.DELIVERED, 1).getFirst();
        assertEquals(id, logged.deliveryId());
        assertEquals(200, logged.responseStatus());
        assertEquals(1, logged.attempts());
        assertNull(logged.error());
    }

    @Test
    void registryEventsAreDelivered() throws Exception {
        webhook("/", null);
        model("m");
        server.registry.createVersion(
                new RegistryApi.CreateModelVersionRequest("m", "s3://b/x", null, List.of(), null, null, null), ANN);
        server.registry.setVersionTag(new RegistryApi.SetModelVersionTagRequest("m", "1", "k", "v"), ANN);
        server.registry.deleteVersionTag(new RegistryApi.DeleteModelVersionTagRequest("m", "1", "k"), ANN);
        var writer = new RegistryWriter(server.stores.registry());
        writer.setAlias("m", "champion", 1, null, new ChangeContext(ANN, 5));
        writer.deleteAlias("m", "champion", null, new ChangeContext(ANN, 6));
        server.registry.setTag(new RegistryApi.SetRegisteredModelTagRequest("m", "k", "v"), ANN);
        KeyValue prompt = new KeyValue("mlflow.prompt.is_prompt", "true");
        model("p", prompt);
        server.registry.createVersion(
                new RegistryApi.CreateModelVersionRequest(
                        "p",
                        "dummy-source",
                        null,
                        List.of(prompt, new KeyValue("mlflow.prompt.text", "Hello {{you}}")),
                        null,
                        null,
                        null),
                ANN);
        server.registry.setTag(new RegistryApi.SetRegisteredModelTagRequest("p", "k", "v"), ANN);
        server.registry.deleteTag(new RegistryApi.DeleteRegisteredModelTagRequest("p", "k"), ANN);
        Set<String> told = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            told.add(next().event());
        }
        Set<String> expected = new HashSet<>();
        EVENTS.forEach(event -> expected.add(event.wireName()));
        assertEquals(expected, told);
        assertNull(received.poll(100, TimeUnit.MILLISECONDS), "there is no event for tags of models");
    }

    /** Returns the event and the data of the message that an action causes. */
    private String messageOf(Runnable action) throws InterruptedException {
        action.run();
        ReceivedRequest it = next();
        return it.event() + " " + it.body().replaceAll(".*\"data\":", "");
    }

    private static void refused(Runnable action) {
        assertEquals(
                ErrorCode.PERMISSION_DENIED,
                assertThrows(KirokuException.class, action::run).code());
    }

    @Test
    void gateAndApprovalEventsAreDelivered() throws Exception {
        Caller bob = new Caller("bob", "r");
        var time = new AtomicLong(1000);
        var gates = new Gates(server.stores.registry(), () -> Instant.ofEpochMilli(time.get()));
        var approvals = new Approvals(server.stores.registry(), () -> Instant.ofEpochMilli(time.get()));
        server.webhooks.create(
                new WebhookApi.CreateWebhookRequest(
                        "hook", null, url("/"), List.of(), null, null, WebhookMessage.KIROKU_EVENTS),
                ANN);
        model("m");
        for (int i = 0; i < 2; i++) {
            server.registry.createVersion(
                    new RegistryApi.CreateModelVersionRequest("m", "s3://b/x", null, List.of(), null, null, null), ANN);
        }
        var described = new Gate("described", "m", "champion", null, "version.has_description", null, null);
        var agreed = new Gate(
                "agreed",
                "m",
                "champion",
                null,
                null,
                new Gate.ApprovalRequirement(1L, List.of("bob"), "1h", null),
                null);
        assertEquals(
                "gate.changed {\"gate\":\"described\",\"change\":\"created\",\"actor\":\"ann\",\"before\":null,\"after\":{\"models\":\"m\","
                        + "\"alias\":\"champion\",\"stage\":null,\"require\":\"version.has_description\",\"approvals\":null}}}",
                messageOf(() -> gates.apply(new GateApi.ApplyGatesRequest(List.of(described), null, null), ANN)));
        gates.apply(new GateApi.ApplyGatesRequest(List.of(), null, true), ANN); // a dry run emits no event

        String failed =
                "gate.failed {\"name\":\"m\",\"version\":\"1\",\"target\":\"alias 'champion'\",\"actor\":\"ann\",\"failed\":[{\"gate\":\"described\","
                        + "\"condition\":\"version.has_description\",\"seen\":\"false\",\"explanation\":\"the version has no description\"}]}}";
        Runnable move = () -> server.registry.setAlias(
                new RegistryApi.SetRegisteredModelAliasRequest("m", "champion", "1", null), ANN);
        assertEquals(failed, messageOf(() -> refused(move)));
        Consumer<String> ask = version ->
                approvals.open(new ApprovalApi.CreateApprovalRequest("m", version, "champion", null, null, null), ANN);
        assertEquals(failed, messageOf(() -> refused(() -> ask.accept("1"))));
        gates.check(new GateApi.CheckGatesRequest("m", "1", "champion", null)); // nor does a check
        assertEquals(0, server.stores.registry().get("m").aliases().size());

        assertTrue(messageOf(() -> gates.apply(new GateApi.ApplyGatesRequest(List.of(agreed), null, null), ANN))
                .startsWith("gate.changed {\"gate\":\"agreed\""));
        assertTrue(next().body().contains("\"change\":\"deleted\""));
        assertTrue(messageOf(() -> ask.accept("1"))
                .startsWith(
                        "approval.requested {\"request_id\":1,\"name\":\"m\",\"actor\":\"ann\",\"target\":\"alias 'champion'\","
                                + "\"version\":\"1\",\"requester\":\"ann\""));
        assertTrue(messageOf(() -> approvals.reject(new ApprovalApi.ApprovalActionRequest(1L, "no"), bob))
                .startsWith("approval.rejected {\"request_id\":1,\"name\":\"m\",\"actor\":\"bob\""));
        messageOf(() -> ask.accept("1"));
        assertTrue(messageOf(() -> approvals.withdraw(new ApprovalApi.ApprovalActionRequest(2L, null), ANN))
                .startsWith("approval.withdrawn"));
        messageOf(() -> ask.accept("1"));
        time.addAndGet(3_600_000);
        assertTrue(messageOf(() -> approvals.closeEnded())
                .startsWith("approval.expired {\"request_id\":3,\"name\":\"m\",\"actor\":\"kiroku\""));
        messageOf(() -> ask.accept("1"));
        messageOf(() -> ask.accept("2"));
        assertTrue(messageOf(() -> approvals.approve(new ApprovalApi.ApprovalActionRequest(4L, "yes"), bob))
                .startsWith("approval.approved {\"request_id\":4"));
        assertTrue(next().body().contains("\"approval\",\"action\":\"invalidated\""));
        assertTrue(next().body().contains("\"approval\",\"action\":\"completed\""));
        assertEquals(
                "1",
                server.registry
                        .getVersionByAlias(new RegistryApi.GetModelVersionByAliasRequest("m", "champion"))
                        .modelVersion()
                        .version());
        await(State.DELIVERED, 16);
        assertNull(received.poll());
    }

    @Test
    void failedChangesAreNotDelivered() throws Exception {
        webhook("/", null);
        model("m");
        next();
        assertThrows(KirokuException.class, () -> model("m"));
        assertThrows(
                KirokuException.class,
                () -> new RegistryWriter(server.stores.registry())
                        .setAlias("m", "a", 9, null, new ChangeContext(ANN, 5)));
        assertEquals(1, await(State.DELIVERED, 1).size());
        assertEquals(List.of(), log(State.WAITING));
    }

    @Test
    void transientFailuresAreRetriedWithTheSameId() throws Exception {
        plannedStatuses.put("/", new ArrayList<>(List.of(503, 500)));
        webhook("/", null);
        model("m");
        Set<String> ids = new HashSet<>();
        for (int expected : List.of(503, 500, 200)) {
            ReceivedRequest it = next();
            assertEquals(expected, it.status());
            ids.add(it.header("X-mlflow-delivery-id"));
        }
        assertEquals(1, ids.size());
        assertEquals(3, await(State.DELIVERED, 1).getFirst().attempts());
    }

    @Test
    void permanentFailuresAreRetriedOnlyOnRequest() throws Exception {
        plannedStatuses.put("/", new ArrayList<>(List.of(302, 410)));
        webhook("/", null);
        model("m");
        assertEquals(302, next().status());
        WebhookDelivery failed = await(State.FAILED, 1).getFirst();
        assertEquals(302L, failed.responseStatus());
        assertNull(failed.nextAttemptTimestamp());
        assertNull(received.poll(), "a redirect is not followed");
        server.webhooks.redeliver(new WebhookApi.RedeliverRequest(failed.deliveryId()));
        assertEquals(410, next().status());
        await(State.FAILED, 1);
        server.webhooks.redeliver(new WebhookApi.RedeliverRequest(failed.deliveryId()));
        assertEquals(200, next().status());
        await(State.DELIVERED, 1);
    }

    @Test
    void severalServersDeliverEachEventOnce() throws Exception {
        try (TestServer other = new TestServer();
                TestServer third = new TestServer()) {
            List.of(other, third).forEach(TestServer::start);
            webhook("/", null);
            for (int i = 0; i < 40; i++) {
                model("m" + i);
            }
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                assertTrue(ids.add(next().header("X-mlflow-delivery-id")), "delivered twice");
            }
            await(State.DELIVERED, 40);
            assertNull(received.poll());
        }
    }

    @Test
    void disabledAndDeletedWebhooksReceiveNothing() throws Exception {
        String id = webhook("/", null);
        server.webhooks.update(
                new WebhookApi.UpdateWebhookRequest(
                        id,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        dev.kiroku.model.webhooks.WebhookStatus.DISABLED,
                        List.of()),
                ANN);
        model("m");
        assertEquals(List.of(), log(null));
        server.webhooks.delete(new WebhookApi.WebhookIdRequest(id), ANN);
        assertThrows(KirokuException.class, () -> server.webhooks.get(new WebhookApi.WebhookIdRequest(id)));
        model("m2");
        assertEquals(List.of(), log(null));
    }

    @Test
    void secretsAreEncryptedInTheDatabase() {
        String id = webhook("/", "hush hush");
        assertFalse(server.stores.webhooks().getSettings(id).encryptedSecret().contains("hush"));
        assertFalse(server.webhooks
                .get(new WebhookApi.WebhookIdRequest(id))
                .toString()
                .contains("hush"));
        assertFalse(server.stores
                .audit()
                .search(
                        new dev.kiroku.model.audit.AuditApi.SearchAuditLogRequest(
                                null, null, null, null, null, null, null, null, null),
                        100)
                .items()
                .toString()
                .contains("hush"));
    }

    @Test
    void testReportsTheResponse() {
        String id = webhook("/chunked", "s");
        WebhookApi.WebhookTestResult result = server.webhooks
                .test(new WebhookApi.TestWebhookRequest(id, new WebhookEvent(Entity.MODEL_VERSION, Action.CREATED)))
                .result();
        assertTrue(result.success(), result.toString());
        assertEquals("thanks", result.responseBody());
        plannedStatuses.put("/chunked", new ArrayList<>(List.of(500)));
        assertFalse(server.webhooks
                .test(new WebhookApi.TestWebhookRequest(id, null))
                .result()
                .success());
        receiver.stop(0);
        result = server.webhooks
                .test(new WebhookApi.TestWebhookRequest(id, null))
                .result();
        assertFalse(result.success());
        assertTrue(result.errorMessage().startsWith("Failed to test webhook: ConnectException"), result.toString());
    }
}
