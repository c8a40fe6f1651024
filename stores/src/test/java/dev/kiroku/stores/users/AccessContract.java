package dev.kiroku.stores.users;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.access.AccessChange;
import dev.kiroku.core.access.AccessState;
import dev.kiroku.core.access.AccessStore;
import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.core.audit.AuditVerifier;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Identity;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.UserStore;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import dev.kiroku.model.users.Role;
import dev.kiroku.model.users.RoleAssignment;
import dev.kiroku.model.users.RolePermission;
import dev.kiroku.model.users.Session;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import dev.kiroku.stores.Stores;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The contract of roles, grants and tokens on each database. */
abstract class AccessContract {
    private static final Caller ROOT = new Caller("root", "r1");
    private static final ChangeContext CHANGE = new ChangeContext(ROOT, 1000);
    private static final Principal ANN = Principal.user("ann");
    /** Werkzeug's hash of “correct horse battery”, of low cost. */
    private static final String MIAS_HASH =
            "pbkdf2:sha256:1000$gvrNKLPCkgy4tPFC$467468818db4f7e81fcdb3afee189c5b7aa93cd45cfa80982d4eb7811e3183e2";

    private static final ResourceKey FRAUD = ResourceKey.experiment("7", "team-a/fraud");

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private Stores stores;
    private Users users;
    private AccessStore access;

    protected abstract Stores open() throws Exception;

    /** Opens another server on the same database. */
    protected abstract Stores openAgain();

    @BeforeEach
    void begin() throws Exception {
        stores = open();
        users = new Users(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
        access = stores.access();
        users.add("ann", null, List.of("ml"), ROOT);
        users.add("bob", null, List.of(), ROOT);
    }

    @AfterEach
    void verifyAndClose() {
        var verification = new AuditVerifier().addAnchor(stores.audit().getHead(), "the log's end");
        auditLog().forEach(verification::accept);
        stores.close();
        assertEquals(List.of(), verification.finish());
    }

    private List<AuditEntry> auditLog() {
        return stores.audit()
                .search(new AuditApi.SearchAuditLogRequest(null, null, null, null, null, null, true, null, null), 1000)
                .items();
    }

    private static Grant grant(String resources, PermissionLevel level) {
        ResourceSelector selector = ResourceSelector.parse(resources);
        return new Grant(selector.type(), selector.pattern(), level);
    }

    private static boolean allows(EffectiveGrants grants, Action action, ResourceKey resource) {
        return grants.withServerDefault(PermissionLevel.NO_PERMISSIONS)
                .decide(action, resource)
                .allowed();
    }

    private EffectiveGrants grants(String user, String... moreGroups) {
        return stores.users().signIn(user, Set.of(moreGroups)).grants();
    }

    private static void assertRefused(ErrorCode code, Executable operation) {
        assertEquals(code, assertThrows(KirokuException.class, operation).code());
    }

    private List<String> allGrants() {
        return access.getState().grants().entrySet().stream()
                .flatMap(holder -> holder.getValue().entrySet().stream()
                        .map(grant -> holder.getKey() + " " + grant.getValue() + " " + grant.getKey()))
                .toList();
    }

    @Test
    void policyIsAppliedAsAWhole() {
        access.grant(ANN, grant("experiment/9", PermissionLevel.MANAGE), CHANGE); // as a creator's
        Role old = access.createRole("old", null, CHANGE);
        access.assign(old.id(), ANN, CHANGE);
        AccessState target = new AccessState();
        var editors = new AccessState.RoleState("edit");
        editors.members().add(Principal.group("ml"));
        target.roles().put("editors", editors);
        target.addGrant(Principal.role("editors"), grant("experiment/team-a/*", PermissionLevel.EDIT));
        target.addGrant(Principal.user("bob"), grant("experiment/*", PermissionLevel.READ));
        target.groupDefaults().put("guests", PermissionLevel.NO_PERMISSIONS);
        List<String> expected = List.of(
                "+ role:editors 'edit'",
                "+ role:editors EDIT experiment/team-a/*",
                "+ user:bob READ experiment/*",
                "+ role:editors member group:ml",
                "+ group:guests default NO_PERMISSIONS",
                "- role:old");
        assertEquals(expected, texts(access.apply(target, true, CHANGE)));
        assertEquals(expected, texts(access.apply(target, true, CHANGE)), "a dry run changes nothing");
        assertEquals(expected, texts(access.apply(target, false, CHANGE)));
        assertEquals(List.of(), access.apply(target, false, CHANGE));
        assertEquals(
                List.of(
                        "role:editors EDIT experiment/team-a/*",
                        "user:ann MANAGE experiment/9",
                        "user:bob READ experiment/*"),
                allGrants());
        assertTrue(allows(grants("ann"), Action.UPDATE, FRAUD));
        AccessState changed = new AccessState();
        changed.roles().put("editors", new AccessState.RoleState("edit more"));
        changed.addGrant(Principal.role("editors"), grant("experiment/team-a/*", PermissionLevel.READ));
        assertEquals(
                List.of(
                        "~ role:editors 'edit more'",
                        "- user:bob READ experiment/*",
                        "~ role:editors READ experiment/team-a/* (was EDIT)",
                        "- role:editors member group:ml",
                        "- group:guests default"),
                texts(access.apply(changed, false, CHANGE)));
        AccessState stranger = new AccessState();
        stranger.addGrant(Principal.user("nobody"), grant("experiment/*", PermissionLevel.READ));
        assertRefused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> access.apply(stranger, false, CHANGE));
        assertEquals(List.of(), access.apply(changed, true, CHANGE), "a refused policy changes nothing");
    }

    private static List<String> texts(List<AccessChange> changes) {
        return changes.stream().map(AccessChange::toString).toList();
    }

    @Test
    void grantsOfUsersGroupsAndRolesCount() {
        access.grant(ANN, grant("experiment/team-a/*", PermissionLevel.READ), CHANGE);
        assertTrue(allows(grants("ann"), Action.READ, FRAUD));
        assertFalse(allows(grants("ann"), Action.UPDATE, FRAUD));

        access.grant(Principal.group("ml"), grant("experiment/7", PermissionLevel.EDIT), CHANGE);
        assertTrue(allows(grants("ann"), Action.UPDATE, FRAUD));
        assertFalse(allows(grants("bob"), Action.READ, FRAUD));
        assertTrue(allows(grants("bob", "ml"), Action.UPDATE, FRAUD), "a group from a proxy");
        assertTrue(allows(grants("carol", "ml"), Action.UPDATE, FRAUD), "without account");
        assertFalse(allows(grants("carol"), Action.READ, FRAUD));

        Role owners = access.createRole("owners", "may delete", CHANGE);
        access.addPermission(owners.id(), grant("experiment/*", PermissionLevel.MANAGE), CHANGE);
        assertFalse(allows(grants("ann"), Action.DELETE, FRAUD));
        access.assign(owners.id(), ANN, CHANGE);
        assertTrue(allows(grants("ann"), Action.DELETE, FRAUD));
        access.unassign(owners.id(), ANN, CHANGE);
        access.assign(owners.id(), Principal.group("ml"), CHANGE);
        assertTrue(allows(grants("ann"), Action.DELETE, FRAUD));
        assertTrue(allows(grants("carol", "ml"), Action.DELETE, FRAUD));
        users.updateGroups("ann", List.of(), List.of("ml"), ROOT);
        assertFalse(allows(grants("ann"), Action.UPDATE, FRAUD));
        access.deleteRole(owners.id(), CHANGE);
        assertFalse(allows(grants("carol", "ml"), Action.DELETE, FRAUD));
    }

    @Test
    void decisionsNameRoleAndGroup() {
        Role editors = access.createRole("editors", null, CHANGE);
        access.addPermission(editors.id(), grant("experiment/team-a/*", PermissionLevel.EDIT), CHANGE);
        access.assign(editors.id(), Principal.group("ml"), CHANGE);
        var held = grants("ann").decide(Action.UPDATE, FRAUD).checks().getLast().grants();
        assertEquals(1, held.size());
        assertEquals("editors", held.getFirst().role());
        assertEquals(Principal.group("ml"), held.getFirst().holder());
    }

    @Test
    void defaultPermissionOfGroups() {
        assertFalse(grants("ann").decide(Action.READ, FRAUD).allowed());
        access.setGroupDefault("ml", PermissionLevel.EDIT, CHANGE);
        access.setGroupDefault("contractors", PermissionLevel.NO_PERMISSIONS, CHANGE);
        assertEquals(
                Map.of("ml", PermissionLevel.EDIT, "contractors", PermissionLevel.NO_PERMISSIONS),
                access.groupDefaults());
        assertTrue(allows(grants("ann"), Action.UPDATE, FRAUD));
        assertTrue(allows(grants("ann", "contractors"), Action.UPDATE, FRAUD), "the highest counts");
        assertFalse(grants("carol", "contractors")
                .withServerDefault(PermissionLevel.READ)
                .decide(Action.READ, FRAUD)
                .allowed());
        access.setGroupDefault("ml", null, CHANGE);
        assertFalse(allows(grants("ann"), Action.READ, FRAUD));
    }

    /** The cached grants are used until something that concerns the user changes, on whichever server. */
    @Test
    void cachedGrantsAreValidUntilAChangeOnAnyServer() throws Exception {
        try (Stores other = openAgain()) {
            EffectiveGrants before = grants("ann");
            assertSame(before, grants("ann"));
            other.access().grant(Principal.user("bob"), grant("experiment/*", PermissionLevel.READ), CHANGE);
            passMaxAge();
            assertSame(before, grants("ann"), "a grant to another user changes nothing for ann");
            assertTrue(allows(grants("bob"), Action.READ, FRAUD));
            other.access().grant(ANN, grant("experiment/7", PermissionLevel.READ), CHANGE);
            passMaxAge();
            assertTrue(allows(grants("ann"), Action.READ, FRAUD));
            other.access().revoke(ANN, ResourceSelector.parse("experiment/7"), CHANGE);
            passMaxAge();
            assertFalse(allows(grants("ann"), Action.READ, FRAUD));
            assertNotSame(before, grants("ann"));
            EffectiveGrants carols = grants("carol", "ml");
            assertSame(carols, grants("carol", "ml"));
            other.access().grant(Principal.group("ml"), grant("experiment/*", PermissionLevel.USE), CHANGE);
            passMaxAge();
            assertTrue(allows(grants("carol", "ml"), Action.USE, FRAUD));
            assertTrue(allows(grants("ann"), Action.USE, FRAUD));
        }
    }

    /** Sign-ins are cached too; what was revoked on one server is refused by all others {@link SignInCache#MAX_AGE} later. */
    @Test
    void cachedSignInsAreValidUntilAChangeOnAnyServer() throws Exception {
        try (Stores other = openAgain()) {
            Users others = new Users(other.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
            var verifier =
                    new CredentialVerifier(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
            Users.NewToken revoked = users.createToken("ann", "revoked", null, TokenScope.UNRESTRICTED, ROOT);
            Users.NewToken expiring =
                    users.createToken("ann", "expiring", Duration.ofDays(1), TokenScope.UNRESTRICTED, ROOT);
            Users.NewToken ofRemoved = users.createToken("bob", "removed", null, TokenScope.UNRESTRICTED, ROOT);
            users.setPassword("ann", "the first password", ROOT);
            for (Users.NewToken token : List.of(revoked, expiring, ofRemoved)) {
                verifier.authenticateToken(token.value(), "127.0.0.1");
            }
            verifier.authenticatePassword("ann", "the first password", "127.0.0.1");

            others.revokeToken(revoked.token().id(), ROOT);
            passMaxAge();
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.authenticateToken(revoked.value(), "127.0.0.1"));
            others.remove("bob", ROOT);
            passMaxAge();
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.authenticateToken(ofRemoved.value(), "127.0.0.1"));
            others.setPassword("ann", "the second password", ROOT);
            passMaxAge();
            assertRefused(
                    ErrorCode.UNAUTHENTICATED,
                    () -> verifier.authenticatePassword("ann", "the first password", "127.0.0.1"));
            verifier.authenticatePassword("ann", "the second password", "127.0.0.1");
            others.updateGroups("ann", List.of(Caller.ADMINS), List.of(), ROOT);
            passMaxAge();
            assertTrue(verifier.authenticateToken(expiring.value(), "127.0.0.1")
                    .activeGroups()
                    .contains(Caller.ADMINS));
            clock.addAndGet(Duration.ofDays(1).toMillis());
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.authenticateToken(expiring.value(), "127.0.0.1"));
        }
    }

    /** What another server has changed counts from then on. */
    private static void passMaxAge() throws InterruptedException {
        Thread.sleep(SignInCache.MAX_AGE.plusMillis(1));
    }

    /** What this server has changed counts at once. */
    @Test
    void revokedTokensAreRefusedAtOnce() {
        var verifier =
                new CredentialVerifier(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
        for (int i = 0; i < 20; i++) {
            Users.NewToken token = users.createToken("ann", "t", null, TokenScope.UNRESTRICTED, ROOT);
            verifier.authenticateToken(token.value(), "127.0.0.1");
            users.revokeToken(token.token().id(), ROOT);
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.authenticateToken(token.value(), "127.0.0.1"));
        }
    }

    @Test
    void administratorsAreTheMembersOfAdmins() {
        ResourceKey server = ResourceKey.unknown(ResourceType.SERVER);
        assertFalse(grants("bob").decide(Action.MANAGE, server).allowed());
        users.updateGroups("bob", List.of(Caller.ADMINS), List.of(), ROOT);
        assertTrue(grants("bob").decide(Action.MANAGE, server).allowed());
        assertTrue(grants("dora", Caller.ADMINS).decide(Action.MANAGE, server).allowed());
    }

    @Test
    void conflictsAndMissingRowsAreRefused() {
        access.grant(ANN, grant("experiment/7", PermissionLevel.READ), CHANGE);
        Grant edit = grant("experiment/7", PermissionLevel.EDIT);
        assertRefused(ErrorCode.RESOURCE_ALREADY_EXISTS, () -> access.grant(ANN, edit, CHANGE));
        access.setGrant(ANN, edit, CHANGE);
        assertEquals(List.of("user:ann EDIT experiment/7"), allGrants());
        assertRefused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> access.grant(Principal.user("nobody"), edit, CHANGE));
        assertRefused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> access.grant(Principal.role("nobody"), edit, CHANGE));
        assertRefused(
                ErrorCode.RESOURCE_DOES_NOT_EXIST,
                () -> access.revoke(ANN, ResourceSelector.parse("experiment/8"), CHANGE));
        Role role = access.createRole("r", null, CHANGE);
        assertRefused(ErrorCode.RESOURCE_ALREADY_EXISTS, () -> access.createRole("r", null, CHANGE));
        access.assign(role.id(), ANN, CHANGE);
        assertRefused(ErrorCode.RESOURCE_ALREADY_EXISTS, () -> access.assign(role.id(), ANN, CHANGE));
        assertRefused(
                ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> access.unassign(role.id(), Principal.user("bob"), CHANGE));
        assertRefused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> access.deleteRole(role.id() + 99, CHANGE));
        assertRefused(
                ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> access.updatePermission(999, PermissionLevel.READ, CHANGE));
    }

    @Test
    void rolesAreChanged() {
        Role role = access.createRole("readers", "d", CHANGE);
        RolePermission first = access.addPermission(role.id(), grant("run/*", PermissionLevel.READ), CHANGE);
        access.addPermission(role.id(), grant("registered_model/iris", PermissionLevel.DENY), CHANGE);
        access.updatePermission(first.id(), PermissionLevel.EDIT, CHANGE);
        access.removePermission(
                access.findRole("readers").orElseThrow().permissions().getLast().id(), CHANGE);
        Role changed = access.updateRole(role.id(), "editors", null, CHANGE);
        assertEquals("editors", changed.name());
        assertEquals("d", changed.description());
        assertEquals(
                List.of(new RolePermission(first.id(), role.id(), "run", "*", PermissionLevel.EDIT)),
                changed.permissions());
        assertEquals(List.of(changed), access.listRoles());
        RoleAssignment assignment = access.assign(role.id(), ANN, CHANGE);
        assertEquals(List.of(assignment), access.listAssignments(role.id()));
        access.grant(ANN, grant("experiment/7", PermissionLevel.READ), CHANGE);
        List<AccessStore.HeldRole> held = access.listRolesOf("ann", List.of("ml"));
        assertEquals(List.of(true, false), held.stream().map(r -> r.own()).toList());
        assertTrue(held.getFirst().role().name().matches("__user_\\d+__"));
    }

    @Test
    void removedUsersLeaveNothing() {
        Role role = access.createRole("r", null, CHANGE);
        access.assign(role.id(), ANN, CHANGE);
        access.grant(ANN, grant("experiment/7", PermissionLevel.READ), CHANGE);
        users.remove("ann", ROOT);
        assertEquals(List.of(), allGrants());
        assertEquals(List.of(), access.listAssignments(role.id()));
        users.add("ann", null, List.of(), ROOT);
        assertFalse(allows(grants("ann"), Action.READ, FRAUD));
    }

    @Test
    void creatorManagesAndGrantsFollowNames() {
        Caller carol = new Caller("Carol", "r2"); // known to a proxy only
        stores.database().run("test", tx -> {
            ResourceGrants.addCreator(tx, carol, ResourceType.REGISTERED_MODEL, "iris", 5);
            ResourceGrants.addCreator(tx, carol, ResourceType.REGISTERED_MODEL, "a*", 5);
            ResourceGrants.addCreator(tx, Caller.anonymous("-"), ResourceType.REGISTERED_MODEL, "x", 5);
        });
        assertTrue(allows(grants("carol"), Action.MANAGE, ResourceKey.registeredModel("iris")));
        assertTrue(allows(grants("carol"), Action.MANAGE, ResourceKey.registeredModel("a*")));
        assertFalse(allows(grants("carol"), Action.READ, ResourceKey.registeredModel("ab")));

        Role role = access.createRole("r", null, CHANGE);
        access.addPermission(role.id(), grant("registered_model_version/iris", PermissionLevel.EDIT), CHANGE);
        access.grant(ANN, grant("registered_model/iris*", PermissionLevel.READ), CHANGE);
        access.grant(ANN, grant("registered_model/setosa", PermissionLevel.DENY), CHANGE);
        stores.database().run("test", tx -> ResourceGrants.rename(tx, ResourceType.REGISTERED_MODEL, "iris", "setosa"));
        assertTrue(allows(grants("carol"), Action.MANAGE, ResourceKey.registeredModel("setosa")));
        assertFalse(allows(grants("carol"), Action.READ, ResourceKey.registeredModel("iris")));
        assertEquals(
                Set.of(
                        "user:carol MANAGE registered_model/a\\*",
                        "user:carol MANAGE registered_model/setosa",
                        "role:r EDIT registered_model_version/setosa",
                        "user:ann READ registered_model/iris*"),
                Set.copyOf(allGrants()));
        stores.database().run("test", tx -> ResourceGrants.delete(tx, ResourceType.REGISTERED_MODEL, "setosa"));
        assertFalse(allows(grants("carol"), Action.READ, ResourceKey.registeredModel("setosa")));
        assertEquals(2, allGrants().size());
        assertTrue(ResourcePattern.parse("a\\*").matches("a*", "a*"));
    }

    @Test
    void tokensRestrictTheirOwners() {
        users.updateGroups("ann", List.of(Caller.ADMINS), List.of(), ROOT);
        TokenScope scope = new TokenScope(
                true,
                List.of(
                        ResourceSelector.parse("experiment/team-a/*"),
                        ResourceSelector.parse("registered_model/iris")));
        Users.NewToken token = users.createToken("ann", "ci", null, scope, ROOT);
        assertEquals(scope, users.listTokens("ann").getFirst().scope());
        var verifier =
                new CredentialVerifier(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
        Identity identity = verifier.authenticateToken(token.value(), "127.0.0.1");
        assertEquals(scope, identity.scope());
        assertFalse(identity.activeGroups().contains(Caller.ADMINS));
        EffectiveGrants rights = identity.grants().restrictedTo(identity.scope());
        assertTrue(allows(rights, Action.READ, FRAUD));
        assertFalse(allows(rights, Action.UPDATE, FRAUD));
        users.revokeToken(token.token().id(), ROOT);
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.authenticateToken(token.value(), "127.0.0.1"));
        assertTrue(auditLog().stream().noneMatch(entry -> entry.toString().contains(token.value())));
    }

    @Test
    void lastUseOfTokensIsRecorded() throws Exception {
        Users.NewToken token = users.createToken("ann", "ci", Duration.ofDays(1), TokenScope.UNRESTRICTED, ROOT);
        var verifier =
                new CredentialVerifier(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
        verifier.authenticateToken(token.value(), "127.0.0.1");
        while (lastUse() == null) {
            Thread.onSpinWait();
        }
        long first = lastUse();
        clock.addAndGet(Duration.ofMinutes(2).toMillis());
        while (lastUse() == first) {
            verifier.authenticateToken(
                    token.value(), "127.0.0.1"); // a use during the recording of another is not recorded
        }
        assertEquals(clock.get(), lastUse());
    }

    private Long lastUse() {
        Token token = users.listTokens("ann").getFirst();
        return token.lastUsedTimestamp();
    }

    @Test
    void serviceAccountsHaveNoPassword() {
        users.addService("ci", List.of("ml"), ROOT);
        assertTrue(users.list().stream().anyMatch(user -> user.name().equals("ci") && user.service()));
        assertRefused(ErrorCode.INVALID_PARAMETER_VALUE, () -> users.setPassword("ci", "long enough", ROOT));
        UserStore.SignIn signIn = stores.users().signIn("ci", Set.of());
        assertEquals(List.of("ml"), signIn.account().orElseThrow().groups());
    }

    @Test
    void grantsOnAResourceAreListedWithTheirHolders() {
        access.setGrant(ANN, grant("experiment/7", PermissionLevel.MANAGE), CHANGE);
        access.setGrant(ANN, grant("experiment/8", PermissionLevel.MANAGE), CHANGE);
        access.setGrant(Principal.group("ml"), grant("experiment/team-a/*", PermissionLevel.EDIT), CHANGE);
        access.setGrant(Principal.group("ml"), grant("experiment/team-b/*", PermissionLevel.EDIT), CHANGE);
        access.setGrant(Principal.group("ml"), grant("experiment/team-a/fraud", PermissionLevel.USE), CHANGE);
        access.setGrant(Principal.group("ml"), grant("run/7", PermissionLevel.READ), CHANGE);
        Role role = access.createRole("readers", null, CHANGE);
        access.addPermission(role.id(), grant("experiment/*", PermissionLevel.READ), CHANGE);
        access.assign(role.id(), Principal.user("bob"), CHANGE);
        access.assign(role.id(), Principal.group("guests"), CHANGE);
        assertEquals(
                List.of(
                        "user:ann MANAGE experiment/7 []",
                        "group:ml EDIT experiment/team-a/* []",
                        "group:ml USE experiment/team-a/fraud []",
                        "role:readers READ experiment/* [user:bob, group:guests]",
                        "group:ml READ run/7 []"),
                access.listGrantsOn(List.of(FRAUD, FRAUD.child(ResourceType.RUN, null))).stream()
                        .map(found -> found.holder() + " " + found.grant().level() + " "
                                + found.grant().resources() + " " + found.members())
                        .toList());
        assertEquals(
                List.of(Principal.role("readers")),
                access.listGrantsOn(List.of(ResourceKey.unknown(ResourceType.EXPERIMENT))).stream()
                        .map(AccessStore.StoredGrant::holder)
                        .toList());
    }

    @Test
    void sessionsAreListedAndEndedOneByOne() {
        var sessions = stores.sessions();
        sessions.addForAccount(new byte[32], "ann", 5000, CHANGE);
        byte[] later = new byte[32];
        later[0] = 1;
        sessions.addForService(later, new Identity("ann", Set.of("sso")), 9000, new ChangeContext(ROOT, 2000));
        assertEquals(
                List.of(
                        new Session("010000000000", "ann", 2000L, 9000L, false),
                        new Session("000000000000", "ann", 1000L, 5000L, false)),
                sessions.list("ANN", 4999));
        assertEquals(1, sessions.list("ann", 5000).size());
        assertEquals(2000L, users.list().getFirst().lastSignInTimestamp());
        assertFalse(sessions.remove("bob", "010000000000", CHANGE));
        assertTrue(sessions.remove("ann", "010000000000", CHANGE));
        assertFalse(sessions.remove("ann", "010000000000", CHANGE));
        assertEquals(1, sessions.list("ann", 0).size());
        assertEquals(List.of("ann"), stores.users().listMembers("ml"));
        assertEquals(List.of(), stores.users().listMembers("sso"));
    }

    @Test
    void changesAreInTheAuditLog() {
        Role role = access.createRole("r", null, CHANGE);
        access.addPermission(role.id(), grant("experiment/*", PermissionLevel.READ), CHANGE);
        access.assign(role.id(), ANN, CHANGE);
        access.setGrant(Principal.group("ml"), grant("experiment/7", PermissionLevel.EDIT), CHANGE);
        access.setGrant(Principal.group("ml"), grant("experiment/7", PermissionLevel.READ), CHANGE);
        access.setGrant(Principal.group("ml"), grant("experiment/7", PermissionLevel.READ), CHANGE);
        access.revoke(Principal.group("ml"), ResourceSelector.parse("experiment/7"), CHANGE);
        access.setGroupDefault("ml", PermissionLevel.EDIT, CHANGE);
        access.deleteRole(role.id(), CHANGE);
        List<String> log = auditLog().stream()
                .filter(entry -> !entry.action().startsWith("user."))
                .map(entry -> entry.action() + " " + entry.subject() + " " + entry.before() + " " + entry.after())
                .toList();
        assertEquals(
                List.of(
                        "role.create roles/r null {\"name\":\"r\"}",
                        "grant.set roles/r null \"READ experiment/*\"",
                        "role.assign roles/r null {\"holder\":\"user:ann\"}",
                        "grant.set groups/ml null \"EDIT experiment/7\"",
                        "grant.set groups/ml \"EDIT experiment/7\" \"READ experiment/7\"",
                        "grant.remove groups/ml \"READ experiment/7\" null",
                        "group.default groups/ml null \"EDIT\"",
                        "role.delete roles/r {\"grants\":[\"READ experiment/*\"],\"name\":\"r\"} null"),
                log);
    }

    /** The hash is of Werkzeug, which MLflow uses. */
    @Test
    void hashOfMlflowIsReplacedAtTheFirstSignIn() {
        String imported = MIAS_HASH;
        users.addWithPasswordHash("mia", imported, List.of("ml"), ROOT);
        assertRefused(
                ErrorCode.INVALID_PARAMETER_VALUE,
                () -> users.addWithPasswordHash("max", "scrypt:1073741824:8:1$s$" + "0".repeat(128), List.of(), ROOT));
        var verifier =
                new CredentialVerifier(stores.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
        assertRefused(
                ErrorCode.UNAUTHENTICATED, () -> verifier.authenticatePassword("mia", "wrong password", "127.0.0.1"));
        assertEquals(imported, stores.users().find("mia").orElseThrow().passwordHash());

        Identity mia = verifier.authenticatePassword("mia", "correct horse battery", "127.0.0.1");
        assertEquals(Set.of("ml"), mia.groups());
        String own = stores.users().find("mia").orElseThrow().passwordHash();
        assertTrue(own.startsWith("$2a$12$"), own);
        assertTrue(users.isPassword("mia", "correct horse battery"));
        verifier.authenticatePassword("mia", "correct horse battery", "127.0.0.1");
        assertEquals(own, stores.users().find("mia").orElseThrow().passwordHash(), "replaced once");
        assertFalse(stores.users().replacePasswordHash(mia(), imported, imported), "another hash by now");
    }

    @Test
    void disabledUsersSignInByNoWay() throws Exception {
        users.addWithPasswordHash("mia", MIAS_HASH, List.of("ml"), ROOT);
        String token = users.createToken("mia", "", null, ROOT).value();
        try (Stores other = openAgain()) {
            var verifier =
                    new CredentialVerifier(other.users(), new SecureRandom(), () -> Instant.ofEpochMilli(clock.get()));
            var sessions = new Sessions(
                    other.sessions(),
                    verifier,
                    new SecureRandom(),
                    () -> Instant.ofEpochMilli(clock.get()),
                    Duration.ofHours(1));
            verifier.authenticatePassword("mia", "correct horse battery", "127.0.0.1"); // and cached from here on
            String ofPassword = sessions.startWithPassword("mia", "correct horse battery", "127.0.0.1", "r");
            String ofProvider = sessions.startFor(new Identity("mia", Set.of("sso")), "r");
            assertTrue(sessions.find(ofProvider).isPresent());

            users.setDisabled("mia", true, ROOT);
            users.setDisabled("mia", true, ROOT);
            passMaxAge();
            assertRefused(
                    ErrorCode.UNAUTHENTICATED,
                    () -> verifier.authenticatePassword("mia", "correct horse battery", "127.0.0.1"));
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.authenticatePassword("mia", token, "127.0.0.1"));
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.authenticateToken(token, "127.0.0.1"));
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> verifier.resolveExternalUser("MIA", Set.of("sso")));
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> sessions.startFor(new Identity("mia", Set.of("sso")), "r"));
            for (String session : List.of(ofPassword, ofProvider)) {
                assertTrue(sessions.find(session).isEmpty());
            }
            assertEquals(
                    List.of("mia"),
                    users.list().stream().filter(User::disabled).map(User::name).toList());

            users.setDisabled("mia", false, ROOT);
            passMaxAge();
            assertEquals("mia", verifier.authenticateToken(token, "127.0.0.1").name());
            verifier.authenticatePassword("mia", "correct horse battery", "127.0.0.1");
            assertTrue(sessions.find(ofPassword).isEmpty(), "it has ended for good");
        }
        assertEquals(
                List.of("user.disable {\"disabled\":true,\"sessions_ended\":2}", "user.enable {\"disabled\":false}"),
                auditLog().stream()
                        .filter(entry -> entry.action().endsWith("able"))
                        .map(entry -> entry.action() + " " + entry.after())
                        .toList());
        assertRefused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> users.setDisabled("nobody", true, ROOT));
    }

    private long mia() {
        return stores.users().find("mia").orElseThrow().key();
    }
}
