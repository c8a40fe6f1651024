package dev.kiroku.stores.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.Audit;
import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditVerifier;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.search.SearchFilter;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.DeviceLogins;
import dev.kiroku.core.users.FailedSignIns;
import dev.kiroku.core.users.Identity;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.users.LoginApi;
import dev.kiroku.model.users.LoginApi.LoginStatus;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The contract of the audit log on each database: complete, ordered, and tamper-evident. Each test has its own
 * database.
 */
abstract class AuditLogContract {
    /** Returns stores of the test's database; those of two calls are like the stores of two servers. */
    protected abstract Stores open();

    private static ChangeContext by(String name) {
        return new ChangeContext(new Caller(name, "request-of-" + name), 1000);
    }

    private static NewVersion version(String name) {
        return new NewVersion(name, "s3://b/x", "s3://b/x", null, null, null, List.of(new KeyValue("k", "v")), null);
    }

    private static List<AuditEntry> all(Stores stores) {
        List<AuditEntry> all = new ArrayList<>();
        String token = null;
        do {
            var page = new Audit(stores.audit())
                    .search(new AuditApi.SearchAuditLogRequest(null, null, null, null, null, null, true, 7L, token));
            all.addAll(page.entries());
            token = page.nextPageToken();
        } while (token != null);
        return all;
    }

    private static List<String> problems(Stores stores, AuditApi.AuditLogHead... noted) {
        var verification = new AuditVerifier().addAnchor(stores.audit().getHead(), "the log's end");
        for (AuditApi.AuditLogHead head : noted) {
            verification.addAnchor(head, "the note");
        }
        all(stores).forEach(verification::accept);
        return verification.finish();
    }

    private static void fill(Stores stores) {
        var registry = new RegistryWriter(stores.registry());
        registry.create("iris", "flowers", List.of(new KeyValue("team", "a \"b\"\n")), by("ann"));
        registry.createVersion(version("iris"), by("ann"));
        registry.createVersion(version("iris"), by("bob"));
        registry.setAlias("iris", "champion", 1, null, by("ann"));
        registry.setAlias("iris", "champion", 2, null, by("bob"));
        registry.transitionStage("iris", 1, Stage.PRODUCTION, false, by("ann"));
        registry.transitionStage("iris", 2, Stage.PRODUCTION, true, by("ann"));
        registry.setVersionTag("iris", 2, new KeyValue("validation_status", "approved"), by("ci"));
        registry.rename("iris", "flowers", by("ann"));
    }

    private static List<RegisteredModel> models(RegistryStore registry) {
        return registry.search(
                        new RegistryStore.Query(new SearchFilter(List.of()), List.of(), 100, null, VisibleModels.ALL))
                .items();
    }

    /** Caches of models are validated by the length of the log, so each change must append an entry. */
    @Test
    void cachedModelsEqualTheDatabase() {
        try (Stores here = open();
                Stores there = open()) {
            var store = here.registry();
            var registry = new RegistryWriter(store);
            List<Consumer<ChangeContext>> changes = List.of(
                    by -> registry.create("rose", null, List.of(), by),
                    by -> registry.create("iris", "flowers", List.of(new KeyValue("team", "a")), by),
                    by -> registry.createVersion(version("iris"), by),
                    by -> registry.createVersion(version("iris"), by),
                    by -> registry.setAlias("iris", "champion", 1, null, by),
                    by -> registry.setAlias("iris", "champion", 2, null, by),
                    by -> registry.transitionStage("iris", 1, Stage.PRODUCTION, false, by),
                    by -> registry.transitionStage("iris", 1, Stage.PRODUCTION, false, by),
                    by -> registry.transitionStage("iris", 1, Stage.PRODUCTION, true, by),
                    by -> registry.transitionStage("iris", 2, Stage.PRODUCTION, true, by),
                    by -> registry.setVersionTag("iris", 2, new KeyValue("k", "w"), by),
                    by -> registry.deleteVersionTag("iris", 2, "k", by),
                    by -> registry.updateVersionDescription("iris", 2, "y", by),
                    by -> registry.setTag("iris", new KeyValue("team", "b"), by),
                    by -> registry.deleteTag("iris", "team", by),
                    by -> registry.updateDescription("iris", "x", by),
                    by -> registry.rename("iris", "flowers", by),
                    by -> registry.deleteAlias("flowers", "champion", null, by),
                    by -> registry.deleteVersion("flowers", 1, by),
                    by -> registry.delete("flowers", by));
            for (int i = 0; i < changes.size(); i++) {
                changes.get(i).accept(new ChangeContext(new Caller("ann", "r"), 1000 + i));
                List<RegisteredModel> inDatabase = models(new SqlRegistryStore(
                        here.database(), new SqlAuditLog(here.database()), here.outbox(), List.of()));
                assertEquals(inDatabase, models(store), "after change " + i);
                assertEquals(inDatabase, models(there.registry()), "after change " + i);
            }
            assertSame(store.get("rose"), store.get("rose"));
        }
    }

    @Test
    void everyChangeIsLoggedWithBeforeAndAfter() {
        try (Stores stores = open()) {
            fill(stores);
            var registry = new RegistryWriter(stores.registry());
            registry.setAlias("flowers", "champion", 2, null, by("ann")); // nothing changes
            registry.updateDescription("flowers", "x", by("ann"));
            registry.setTag("flowers", new KeyValue("team", "b"), by("ann"));
            registry.deleteTag("flowers", "team", by("ann"));
            registry.deleteTag("flowers", "team", by("ann")); // nothing changes
            registry.updateVersionDescription("flowers", 2, "y", by("ann"));
            registry.deleteVersionTag("flowers", 2, "k", by("ann"));
            registry.deleteAlias("flowers", "champion", null, by("ann"));
            registry.deleteVersion("flowers", 1, by("ann"));
            registry.delete("flowers", by("ann"));
            assertThrows(KirokuException.class, () -> registry.delete("flowers", by("ann")));

            List<AuditEntry> log = all(stores);
            assertEquals(
                    List.of(
                            "model.create",
                            "version.create",
                            "version.create",
                            "alias.set",
                            "alias.set",
                            "version.stage",
                            "version.stage",
                            "version.stage",
                            "version.tag.set",
                            "model.rename",
                            "model.update",
                            "model.tag.set",
                            "model.tag.delete",
                            "version.update",
                            "version.tag.delete",
                            "alias.delete",
                            "version.delete",
                            "model.delete"),
                    log.stream().map(AuditEntry::action).toList());
            AuditEntry moved = log.get(4);
            assertEquals(
                    List.of(
                            "models:/iris@champion",
                            "iris",
                            "bob",
                            "request-of-bob",
                            "{\"version\":1}",
                            "{\"version\":2}"),
                    List.of(
                            moved.subject(),
                            moved.model(),
                            moved.actor(),
                            moved.requestId(),
                            moved.before(),
                            moved.after()));
            assertEquals(
                    "{\"description\":\"flowers\",\"tags\":{\"team\":\"a \\\"b\\\"\\u000a\"}}",
                    log.getFirst().after());
            assertNull(log.getFirst().before());
            assertNull(log.getLast().after());
            assertEquals(List.of(), problems(stores));
            assertEquals(
                    log.getLast().hash(),
                    new Audit(stores.audit()).getHead(new Empty()).hash());
        }
    }

    @Test
    void userNamesAreUniqueInTheirCanonicalForm() {
        try (Stores stores = open()) {
            var users = new Users(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(1));
            Caller root = new Caller("root", "r");
            users.add("Ann", null, List.of(), root);
            for (String spelling : List.of("ann", "ANN", "\uff21nn")) {
                assertEquals(
                        ErrorCode.RESOURCE_ALREADY_EXISTS,
                        assertThrows(KirokuException.class, () -> users.add(spelling, null, List.of(), root))
                                .code());
                assertEquals("ann", stores.users().find(spelling).orElseThrow().name());
            }
            users.remove("ANN", root);
            assertTrue(stores.users().find("ann").isEmpty());
        }
    }

    @Test
    void userChangesAreLoggedWithoutSecrets() {
        try (Stores stores = open()) {
            var users = new Users(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(1000));
            Caller root = new Caller("os:root", "-");
            users.add("ann", "s3cr3t-password", List.of("a", "b"), root);
            users.add("robot", null, List.of(), root);
            users.setPassword("robot", "s3cr3t-as-well", root);
            users.updateGroups("ann", List.of("admins"), List.of("a"), root);
            users.updateGroups("ann", List.of("admins"), List.of("a"), root); // nothing changes
            var token = users.createToken("robot", "ci", Duration.ofDays(1), TokenScope.UNRESTRICTED, root);
            String other = users.createToken("robot", "", null, TokenScope.UNRESTRICTED, root)
                    .token()
                    .id();
            users.revokeToken(token.token().id(), root);
            users.remove("robot", root);
            assertThrows(KirokuException.class, () -> users.remove("robot", root));
            assertThrows(
                    KirokuException.class, () -> users.revokeToken(token.token().id(), root));
            assertThrows(KirokuException.class, () -> users.add("ann", "s3cr3t-password", List.of(), root));

            String id = token.token().id();
            assertEquals(
                    List.of(
                            "user.create users/ann null {\"groups\":[\"a\",\"b\"],\"password\":\"set\"}",
                            "user.create users/robot null {\"groups\":[],\"password\":\"none\"}",
                            "user.password users/robot {\"password\":\"none\"} {\"password\":\"set\"}",
                            "user.groups users/ann {\"groups\":[\"a\",\"b\"]} {\"groups\":[\"admins\",\"b\"]}",
                            "token.create users/robot null {\"expires\":86401000,\"label\":\"ci\",\"token\":\"" + id
                                    + "\"}",
                            "token.create users/robot null {\"label\":\"\",\"token\":\"" + other + "\"}",
                            "token.revoke users/robot {\"expires\":86401000,\"label\":\"ci\",\"token\":\"" + id
                                    + "\"} null",
                            "user.delete users/robot {\"groups\":[],\"password\":\"set\",\"tokens\":[\"" + other
                                    + "\"]} null"),
                    all(stores).stream()
                            .map(e -> String.join(" ", e.action(), e.subject(), e.before(), e.after()))
                            .toList());
            assertEquals(
                    Set.of("os:root"),
                    all(stores).stream().map(AuditEntry::actor).collect(Collectors.toSet()));
            String log = all(stores).toString();
            for (String secret :
                    List.of("s3cr3t", token.value(), "$2")) { // the last one is the prefix of bcrypt hashes
                assertFalse(log.contains(secret), secret);
            }
            assertEquals(List.of(), problems(stores));
        }
    }

    private static void assertUser(String name, Set<String> groups, Optional<Identity> found) {
        assertEquals(name, found.orElseThrow().name());
        assertEquals(groups, found.orElseThrow().groups());
    }

    @Test
    void sessionsEndAndAreLoggedWithoutSecrets() {
        try (Stores stores = open()) {
            AtomicLong now = new AtomicLong(1000);
            InstantSource clock = () -> Instant.ofEpochMilli(now.get());
            var users = new Users(stores.users(), new SecureRandom(), clock);
            var credentials = new CredentialVerifier(stores.users(), new SecureRandom(), clock);
            var sessions = new Sessions(stores.sessions(), credentials, new SecureRandom(), clock, Duration.ofHours(1));
            Caller root = new Caller("os:root", "-");
            users.add("ann", "s3cr3t-password", List.of("a"), root);
            String hers = sessions.startWithPassword("Ann", "s3cr3t-password", "127.0.0.1", "r1");
            String external = sessions.startFor(new Identity("bob", Set.of("x", "a b")), "r2");
            assertUser("ann", Set.of("a"), sessions.find(hers));
            assertUser("bob", Set.of("a b", "x"), sessions.find(external));
            assertEquals(Optional.empty(), sessions.find(hers + "0"));

            users.updateGroups("ann", List.of("b"), List.of("a"), root);
            assertUser("ann", Set.of("b"), sessions.find(hers)); // groups are read anew
            users.add("bob", null, List.of("c"), root);
            assertEquals(
                    Set.of("a b", "c", "x"),
                    sessions.find(external).orElseThrow().groups());

            sessions.end(external, "r3");
            assertEquals(Optional.empty(), sessions.find(external));
            sessions.end(external, "r4"); // nothing happens
            users.setPassword("ann", "another-s3cr3t", root);
            assertEquals(Optional.empty(), sessions.find(hers), "a new password ends sessions");
            String second = sessions.startWithPassword("ann", "another-s3cr3t", "127.0.0.1", "r5");
            String third = sessions.startWithPassword("ann", "another-s3cr3t", "127.0.0.1", "r6");
            assertEquals(2, stores.sessions().removeAll("ANN", new ChangeContext(root, now.get())));
            assertEquals(Optional.empty(), sessions.find(second));
            String fourth = sessions.startWithPassword("ann", "another-s3cr3t", "127.0.0.1", "r7");
            users.remove("ann", root);
            assertEquals(Optional.empty(), sessions.find(fourth));

            String last = sessions.startFor(new Identity("bob", Set.of()), "r8");
            now.addAndGet(Duration.ofHours(1).toMillis() - 1);
            assertTrue(sessions.find(last).isPresent());
            now.incrementAndGet();
            assertEquals(Optional.empty(), sessions.find(last), "expired");

            assertEquals(
                    List.of(
                            "session.start users/ann ann null {\"expires\":3601000}",
                            "session.start users/bob bob null {\"expires\":3601000,\"groups\":[\"a b\",\"x\"]}",
                            "session.end users/bob bob {\"sessions\":1} null",
                            "session.start users/ann ann null {\"expires\":3601000}",
                            "session.start users/ann ann null {\"expires\":3601000}",
                            "session.end users/ann os:root {\"sessions\":2} null",
                            "session.start users/ann ann null {\"expires\":3601000}",
                            "session.start users/bob bob null {\"expires\":3601000,\"groups\":[]}"),
                    all(stores).stream()
                            .filter(e -> e.action().startsWith("session."))
                            .map(e -> String.join(" ", e.action(), e.subject(), e.actor(), e.before(), e.after()))
                            .toList());
            String log = all(stores).toString();
            for (String secret : List.of("s3cr3t", hers, external, third)) {
                assertFalse(log.contains(secret), secret);
            }
            assertEquals(List.of(), problems(stores));
        }
    }

    @Test
    void failedSignInsAreLoggedInBoundedNumber() {
        try (Stores stores = open()) {
            InstantSource clock = () -> Instant.ofEpochMilli(1000);
            var users = new Users(stores.users(), new SecureRandom(), clock);
            users.add("ann", "s3cr3t-password", List.of(), new Caller("os:root", "-"));
            for (int i = 0; i < 30; i++) {
                users.add("user" + i, null, List.of(), new Caller("os:root", "-"));
            }
            try (var failed = FailedSignIns.start(stores.audit(), clock)) {
                var credentials = new CredentialVerifier(stores.users(), new SecureRandom(), clock, failed);
                fail(() -> credentials.authenticatePassword("Ann", "s3cr3t-passwort", "10.0.0.1"));
                fail(() -> credentials.authenticatePassword("ann", "s3cr3t-passwort", "10.0.0.2"));
                fail(() -> credentials.authenticatePassword("s3cr3t-password", "", "10.0.0.3"));
                fail(() -> credentials.authenticateToken("kiroku_s3cr3t", "10.0.0.3"));
            }
            assertEquals(
                    List.of(
                            "users/ann {\"addresses\":[\"10.0.0.1\",\"10.0.0.2\"],\"attempts\":2}",
                            "users {\"addresses\":[\"10.0.0.3\"],\"attempts\":2}"),
                    failedSignIns(stores));
            assertFalse(all(stores).toString().contains("s3cr3t"), "neither passwords nor names that nobody has");

            try (var failed = FailedSignIns.start(stores.audit(), clock)) {
                for (int i = 0; i < 100_000; i++) {
                    failed.failed(i % 3 == 0 ? null : "user" + i % 30, "10.0." + i % 200 + ".1");
                }
            }
            List<String> flood =
                    failedSignIns(stores).subList(2, failedSignIns(stores).size());
            assertEquals(11, flood.size());
            assertTrue(flood.getLast().startsWith("users {"), flood.getLast());
            assertTrue(flood.stream().allMatch(entry -> entry.contains("more_addresses")), flood.toString());
            assertTrue(flood.toString().length() < 4000, flood.toString());
            assertEquals(List.of(), problems(stores));
        }
    }

    private static void fail(Executable signIn) {
        assertEquals(
                ErrorCode.UNAUTHENTICATED,
                assertThrows(KirokuException.class, signIn).code());
    }

    private static List<String> failedSignIns(Stores stores) {
        return all(stores).stream()
                .filter(entry -> entry.action().equals("session.failed"))
                .map(entry -> entry.subject() + " " + entry.after())
                .toList();
    }

    @Test
    void programsSignInWithTheSessionOfTheirUser() {
        try (Stores stores = open()) {
            AtomicLong now = new AtomicLong(1000);
            InstantSource clock = () -> Instant.ofEpochMilli(now.get());
            var credentials = new CredentialVerifier(stores.users(), new SecureRandom(), clock);
            var sessions = new Sessions(stores.sessions(), credentials, new SecureRandom(), clock, Duration.ofHours(1));
            var logins = new DeviceLogins(stores.deviceLogins(), sessions, new SecureRandom(), clock);
            Caller program = Caller.anonymous("r1");
            String session = sessions.startFor(new Identity("ann", Set.of("a")), "r0");

            var started = logins.start(new LoginApi.StartLoginRequest("laptop\n"), program);
            var poll = new LoginApi.PollLoginRequest(started.deviceCode());
            assertEquals(LoginStatus.PENDING, logins.poll(poll, program).status());
            assertEquals(Optional.of("laptop"), logins.findClient(started.userCode()));
            assertTrue(
                    logins.approve(started.userCode().toLowerCase(Locale.ROOT).replace("-", " "), session));
            assertFalse(logins.deny(started.userCode()), "it is decided");
            var approved = logins.poll(poll, program);
            assertEquals(LoginStatus.APPROVED, approved.status());
            Identity signedIn = sessions.find(approved.token()).orElseThrow();
            assertEquals("ann", signedIn.name());
            assertEquals(Set.of("a"), signedIn.groups());
            assertEquals(LoginStatus.DENIED, logins.poll(poll, program).status(), "once");

            var ended = logins.start(new LoginApi.StartLoginRequest(null), program);
            assertTrue(logins.approve(ended.userCode(), session));
            sessions.end(session, "r2");
            assertEquals(
                    LoginStatus.DENIED,
                    logins.poll(new LoginApi.PollLoginRequest(ended.deviceCode()), program)
                            .status(),
                    "the user has signed out meanwhile");
            assertTrue(sessions.find(approved.token()).isPresent());

            var late = logins.start(new LoginApi.StartLoginRequest(null), program);
            now.addAndGet(Duration.ofMinutes(10).toMillis());
            assertEquals(Optional.empty(), logins.findClient(late.userCode()));
            assertFalse(logins.approve(late.userCode(), approved.token()));
            assertEquals(
                    LoginStatus.DENIED,
                    logins.poll(new LoginApi.PollLoginRequest(late.deviceCode()), program)
                            .status());
            for (int i = 0; i < 1000; i++) {
                logins.start(new LoginApi.StartLoginRequest(null), program);
            }
            assertThrows(KirokuException.class, () -> logins.start(new LoginApi.StartLoginRequest(null), program));
            now.addAndGet(Duration.ofMinutes(10).toMillis());
            logins.start(new LoginApi.StartLoginRequest(null), program);
        }
    }

    @Test
    void searchFiltersByActorActionAndSubject() {
        try (Stores stores = open()) {
            fill(stores);
            var audit = new Audit(stores.audit());
            assertEquals(
                    List.of(5L, 3L),
                    audit
                            .search(new AuditApi.SearchAuditLogRequest(
                                    "bob", null, null, null, null, null, null, null, null))
                            .entries()
                            .stream()
                            .map(AuditEntry::seq)
                            .toList());
            assertEquals(
                    2,
                    audit.search(new AuditApi.SearchAuditLogRequest(
                                    null, "alias", "iris", null, 0L, 1001L, null, null, null))
                            .entries()
                            .size());
            assertEquals(
                    3,
                    audit.search(new AuditApi.SearchAuditLogRequest(
                                    null, "version.stage", null, null, null, null, null, null, null))
                            .entries()
                            .size());
            assertEquals(
                    0,
                    audit.search(new AuditApi.SearchAuditLogRequest(
                                    null, "ali", null, null, null, null, null, null, null))
                            .entries()
                            .size());
            assertEquals(
                    0,
                    audit.search(new AuditApi.SearchAuditLogRequest(
                                    null, null, null, null, 1001L, null, null, null, null))
                            .entries()
                            .size());
            assertThrows(
                    KirokuException.class,
                    () -> audit.search(
                            new AuditApi.SearchAuditLogRequest(null, null, null, null, null, null, null, 1001L, null)));
        }
    }

    /**
     * Changes that an attacker with write access to the database could make, and the problem that verification reports.
     */
    private static final Map<String, String> TAMPERING = Map.ofEntries(
            Map.entry("update audit_log set actor = 'eve' where seq = 5", "entry 5 was changed"),
            Map.entry("update audit_log set at = at + 1 where seq = 1", "entry 1 was changed"),
            Map.entry("update audit_log set request_id = '' where seq = 2", "entry 2 was changed"),
            Map.entry("update audit_log set action = 'x' where seq = 2", "entry 2 was changed"),
            Map.entry("update audit_log set before_json = null where seq = 5", "entry 5 was changed"),
            Map.entry("update audit_log set after_json = null where seq = 4", "entry 4 was changed"),
            Map.entry("update audit_log set model = null, subject = 'x' where seq = 9", "entry 9 was changed"),
            Map.entry("update audit_log set hash = previous where seq = 3", "entry 3 was changed"),
            Map.entry("update audit_log set previous = hash where seq = 6", "entry 6"),
            Map.entry("delete from audit_log where seq = 4", "entries 4 to 4 are missing"),
            Map.entry("delete from audit_log where seq = 1", "entries 1 to 1 are missing"),
            Map.entry("delete from audit_log where seq > 8", "the end of the log was removed"),
            Map.entry("delete from audit_log", "the end of the log was removed"),
            Map.entry("delete from audit_log where seq = 9; update audit_log set seq = 9 where seq = 10", "entry 9"),
            Map.entry(
                    "update audit_log set seq = 100 where seq = 4; update audit_log set seq = 4 where seq = 5; update audit_log set seq = 5 where seq = 100",
                    "entry 4"),
            Map.entry(
                    "insert into audit_log select 11, at, actor, request_id, action, subject, model, before_json, after_json, hash, hash from"
                            + " audit_log where seq = 10",
                    "entry 11 was changed"),
            Map.entry("update audit_head set hash = 'abc'", "differs from the one recorded by the log's end"),
            Map.entry("update audit_head set entries = 3", "differs from the one recorded by the log's end"));

    @Test
    void verificationDetectsTampering() {
        try (Stores stores = open()) {
            fill(stores);
            tamper(
                    stores,
                    "create table kept_log as select * from audit_log; create table kept_head as select * from audit_head");
            TAMPERING.forEach((statements, problem) -> {
                assertEquals(List.of(), problems(stores));
                tamper(stores, statements);
                List<String> problems = problems(stores);
                assertTrue(problems.stream().anyMatch(p -> p.contains(problem)), statements + ": " + problems);
                tamper(
                        stores,
                        "delete from audit_log; insert into audit_log select * from kept_log; delete from audit_head;"
                                + " insert into audit_head select * from kept_head");
            });
        }
    }

    /** A log whose end was removed and whose head was adjusted is consistent in itself: only an anchor detects it. */
    @Test
    void anchorsDetectATruncatedAndRewrittenLog() {
        try (Stores stores = open()) {
            fill(stores);
            AuditApi.AuditLogHead noted = stores.audit().getHead();
            AuditEntry fifth = all(stores).get(4);
            tamper(
                    stores,
                    "delete from audit_log where seq > 5; update audit_head set entries = 5, hash = '" + fifth.hash()
                            + "'");
            assertEquals(List.of(), problems(stores));
            assertTrue(problems(stores, noted).getFirst().contains("the end of the log was removed"));
            for (int i = 0; i < 10; i++) {
                new RegistryWriter(stores.registry()).create("new-" + i, null, List.of(), by("eve"));
            }
            assertEquals(List.of(), problems(stores));
            assertTrue(problems(stores, noted).getFirst().contains("was rewritten"));
            assertEquals(
                    List.of(),
                    problems(stores, new AuditApi.AuditLogHead(5L, fifth.hash())),
                    "what came before the cut is as it was");
        }
    }

    private static void tamper(Stores stores, String statements) {
        stores.database().write("tamper", tx -> {
            for (String statement : statements.split(";")) {
                tx.update(Sql.of(statement.strip()));
            }
            return null;
        });
    }

    /** Two servers, many models at the same time: one chain without gaps, and without entries of failed changes. */
    @Test
    void concurrentWritersBuildOneChain() throws Exception {
        try (Stores one = open();
                Stores two = open();
                var threads = Executors.newFixedThreadPool(16)) {
            var jobs = IntStream.range(0, 160)
                    .mapToObj(i -> threads.submit(() -> {
                        var registry = new RegistryWriter((i % 2 == 0 ? one : two).registry());
                        if (i % 8 == 7) {
                            assertThrows(
                                    KirokuException.class, () -> registry.setAlias("nowhere", "a", 1, null, by("eve")));
                        } else {
                            registry.create("m" + i, null, List.of(), by("user" + i % 5));
                        }
                        return null;
                    }))
                    .toList();
            for (var job : jobs) {
                job.get();
            }
            assertEquals(List.of(), problems(one));
            assertEquals(140, all(two).size());
            assertEquals(140, one.audit().getHead().count());
        }
    }

    @Test
    void entriesAreWrittenWithTheirTransaction() {
        try (Stores stores = open()) {
            var log = (SqlAuditLog) stores.audit();
            assertThrows(
                    KirokuException.class,
                    () -> stores.database().write("x", tx -> {
                        log.append(tx, AuditEvent.of(by("ann"), "user.create", "users/eve", null, null, "x"));
                        throw KirokuException.invalid("no");
                    }));
            assertEquals(0, stores.audit().getHead().count());
            stores.database().write("x", tx -> {
                log.append(tx, AuditEvent.of(by("ann"), "user.create", "users/bob", null, null, List.of("x")));
                return null;
            });
            assertEquals("[\"x\"]", all(stores).getFirst().after());
            assertNotEquals(
                    all(stores).getFirst().previous(), stores.audit().getHead().hash());
            assertFalse(all(stores).isEmpty());
        }
    }
}
