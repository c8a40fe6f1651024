package dev.kiroku.core.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.access.AccessDecision;
import dev.kiroku.model.access.AccessDecision.Basis;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.HeldGrant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.access.VisibleResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EffectiveGrantsTest {
    private static final Principal ANN = Principal.user("ann");
    private static final ResourceKey FRAUD = ResourceKey.experiment("7", "team-a/fraud");
    private static final ResourceKey RUN = FRAUD.child(ResourceType.RUN, "r1");

    private static HeldGrant grant(ResourceType type, String pattern, PermissionLevel level) {
        return new HeldGrant(new Grant(type, ResourcePattern.parse(pattern), level), ANN);
    }

    private static EffectiveGrants rights(PermissionLevel byDefault, HeldGrant... grants) {
        return new EffectiveGrants(false, byDefault, List.of(grants));
    }

    private static boolean allows(EffectiveGrants rights, Action action, ResourceKey resource) {
        return rights.decide(action, resource).allowed();
    }

    @ParameterizedTest
    @CsvSource({
        "*, true",
        "7, true",
        "8, false",
        "team-a/*, true",
        "team-a/fraud, true",
        "team-a/fraud*, true",
        "team-b/*, false",
        "fraud, false",
        "team-a/fraud\\*, false"
    })
    void patternsNameExperimentsByIdNameOrPrefix(String pattern, boolean matches) {
        EffectiveGrants rights =
                rights(PermissionLevel.NO_PERMISSIONS, grant(ResourceType.EXPERIMENT, pattern, PermissionLevel.READ));
        assertEquals(matches, allows(rights, Action.READ, FRAUD));
    }

    /** An experiment whose name is a number must not be taken for the experiment of that ID. */
    @Test
    void digitsNameExperimentsByIdOnly() {
        EffectiveGrants rights =
                rights(PermissionLevel.NO_PERMISSIONS, grant(ResourceType.EXPERIMENT, "7", PermissionLevel.MANAGE));
        assertFalse(allows(rights, Action.READ, ResourceKey.experiment("8", "7")));
    }

    /** Who creates a model named {@code a*} must not get permissions on {@code ab}. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "a*", "a\\*", "\\*", "a\\\\*", "a", ""})
    void exactPatternsMatchOnlyTheirName(String name) {
        ResourcePattern exact = ResourcePattern.exact(name);
        assertEquals(exact, ResourcePattern.parse(exact.toString()));
        assertTrue(exact.matches(name, name));
        assertFalse(exact.matches(name + "b", name + "b"));
        assertFalse(exact.matches("ab", "ab"));
    }

    @ParameterizedTest
    @CsvSource({
        "DENY, false, false, false, false",
        "READ, true, false, false, false",
        "USE, true, true, false, false",
        "EDIT, true, true, true, false",
        "MANAGE, true, true, true, true"
    })
    void levelsAllowActions(PermissionLevel level, boolean read, boolean use, boolean update, boolean delete) {
        EffectiveGrants rights =
                rights(PermissionLevel.NO_PERMISSIONS, grant(ResourceType.REGISTERED_MODEL, "iris", level));
        ResourceKey iris = ResourceKey.registeredModel("iris");
        assertEquals(read, allows(rights, Action.READ, iris));
        assertEquals(use, allows(rights, Action.USE, iris));
        assertEquals(update, allows(rights, Action.UPDATE, iris));
        assertEquals(delete, allows(rights, Action.DELETE, iris));
        assertEquals(delete, allows(rights, Action.MANAGE, iris));
        assertEquals(level != PermissionLevel.DENY, allows(rights, Action.CREATE, iris));
    }

    @Test
    void grantOnPartTakesAway() {
        EffectiveGrants rights = rights(
                PermissionLevel.NO_PERMISSIONS,
                grant(ResourceType.RUN, "*", PermissionLevel.READ),
                grant(ResourceType.EXPERIMENT, "7", PermissionLevel.MANAGE));
        assertTrue(allows(rights, Action.READ, RUN));
        assertFalse(allows(rights, Action.UPDATE, RUN));
        assertFalse(allows(rights, Action.DELETE, FRAUD), "its runs would be deleted, too");
        assertTrue(allows(rights, Action.UPDATE, FRAUD));
        assertTrue(allows(rights, Action.CREATE, FRAUD.child(ResourceType.RUN, null)), "not denied");
    }

    @Test
    void grantOnPartNeedsTheContainer() {
        EffectiveGrants rights =
                rights(PermissionLevel.NO_PERMISSIONS, grant(ResourceType.RUN, "team-a/*", PermissionLevel.MANAGE));
        assertFalse(allows(rights, Action.READ, RUN));
        EffectiveGrants both = rights(
                PermissionLevel.READ,
                grant(ResourceType.RUN, "team-a/*", PermissionLevel.MANAGE),
                grant(ResourceType.MODEL_VERSION, "iris-*", PermissionLevel.EDIT));
        assertTrue(allows(both, Action.DELETE, RUN));
        assertFalse(allows(both, Action.UPDATE, FRAUD));
        ResourceKey version = ResourceKey.registeredModel("iris-eu").child(ResourceType.MODEL_VERSION, "1");
        assertTrue(allows(both, Action.UPDATE, version));
        assertFalse(allows(both, Action.DELETE, version));
    }

    @Test
    void aliasNeedsToReadTheVersion() {
        ResourceKey version = ResourceKey.registeredModel("iris").child(ResourceType.MODEL_VERSION, "1");
        assertTrue(allows(rights(PermissionLevel.READ), Action.USE, version));
        assertFalse(allows(rights(PermissionLevel.READ), Action.UPDATE, version));
        assertFalse(allows(rights(PermissionLevel.NO_PERMISSIONS), Action.USE, version));
    }

    @Test
    void approvalRequestsAreDecidedOnTheirModel() {
        ResourceKey request = ResourceKey.registeredModel("iris").child(ResourceType.APPROVAL_REQUEST, "1");
        assertTrue(allows(rights(PermissionLevel.READ), Action.USE, request));
        EffectiveGrants denied =
                rights(PermissionLevel.READ, grant(ResourceType.REGISTERED_MODEL, "iris", PermissionLevel.DENY));
        assertFalse(allows(denied, Action.READ, request));
    }

    @Test
    void onlyAdministratorsManageTheServer() {
        ResourceKey server = ResourceKey.unknown(ResourceType.SERVER);
        EffectiveGrants workspaceAdmin = rights(
                PermissionLevel.NO_PERMISSIONS,
                grant(ResourceType.WORKSPACE, "*", PermissionLevel.MANAGE),
                grant(ResourceType.EXPERIMENT, "*", PermissionLevel.DENY));
        assertTrue(allows(workspaceAdmin, Action.DELETE, FRAUD), "beats denials");
        assertFalse(allows(workspaceAdmin, Action.MANAGE, server));
        assertFalse(allows(workspaceAdmin, Action.READ, ResourceKey.unknown(ResourceType.AUDIT_LOG)));
        assertFalse(allows(rights(PermissionLevel.MANAGE), Action.MANAGE, server), "not by default");
        assertTrue(allows(rights(PermissionLevel.NO_PERMISSIONS), Action.READ, server));
        assertTrue(allows(new EffectiveGrants(true, PermissionLevel.READ, List.of()), Action.MANAGE, server));
        assertTrue(allows(
                rights(PermissionLevel.READ, grant(ResourceType.SERVER, "*", PermissionLevel.MANAGE)),
                Action.MANAGE,
                server));
    }

    @Test
    void tokenRestrictsItsOwner() {
        EffectiveGrants admin = new EffectiveGrants(true, PermissionLevel.READ, List.of());
        EffectiveGrants reader = admin.restrictedTo(new TokenScope(true, List.of()));
        assertTrue(allows(reader, Action.READ, RUN));
        AccessDecision refused = reader.decide(Action.UPDATE, RUN);
        assertFalse(refused.allowed());
        assertEquals(Basis.TOKEN, refused.firstDenied().orElseThrow().basis());
        EffectiveGrants teamA = admin.restrictedTo(new TokenScope(
                false, List.of(new ResourceSelector(ResourceType.EXPERIMENT, ResourcePattern.parse("team-a/*")))));
        assertTrue(allows(teamA, Action.UPDATE, RUN));
        assertFalse(allows(teamA, Action.READ, ResourceKey.experiment("8", "team-b/churn")));
        assertFalse(allows(teamA, Action.READ, ResourceKey.registeredModel("iris")));
        assertFalse(allows(teamA, Action.MANAGE, ResourceKey.unknown(ResourceType.SERVER)));
        assertTrue(allows(teamA, Action.READ, ResourceKey.unknown(ResourceType.SERVER)));
        assertFalse(allows(teamA, Action.UPDATE, ResourceKey.unknown(ResourceType.USER)));
        assertTrue(teamA.visible(ResourceType.REGISTERED_MODEL).isNone());
        assertTrue(teamA.visible(ResourceType.RUN).contains(RUN));
        assertFalse(teamA.visible(ResourceType.EXPERIMENT).isAll());
    }

    @Test
    void defaultOfGroupReplacesThatOfTheServer() {
        assertTrue(allows(
                new EffectiveGrants(false, null, List.of()).withServerDefault(PermissionLevel.EDIT),
                Action.UPDATE,
                RUN));
        EffectiveGrants contractor = rights(PermissionLevel.NO_PERMISSIONS).withServerDefault(PermissionLevel.EDIT);
        assertFalse(allows(contractor, Action.READ, RUN));
    }

    @Test
    void decisionNamesTheGrantsThatDecide() {
        HeldGrant team = new HeldGrant(
                new Grant(ResourceType.EXPERIMENT, ResourcePattern.parse("team-a/*"), PermissionLevel.EDIT),
                Principal.group("ml"),
                "editors");
        HeldGrant own = grant(ResourceType.EXPERIMENT, "7", PermissionLevel.READ);
        AccessDecision decision =
                rights(PermissionLevel.NO_PERMISSIONS, team, own).decide(Action.UPDATE, RUN);
        assertTrue(decision.allowed());
        AccessDecision.Check update = decision.checks().getLast();
        assertEquals(ResourceType.RUN, update.type());
        assertEquals(ResourceType.EXPERIMENT, update.decidedBy());
        assertEquals(Set.of(team, own), Set.copyOf(update.grants()));
        assertEquals(PermissionLevel.EDIT, update.level());
    }

    @Test
    void visibleResourcesAreSimplified() {
        assertTrue(rights(PermissionLevel.READ).visible(ResourceType.RUN).isAll());
        assertTrue(
                rights(PermissionLevel.NO_PERMISSIONS).visible(ResourceType.RUN).isNone());
        assertTrue(rights(PermissionLevel.READ, grant(ResourceType.RUN, "*", PermissionLevel.DENY))
                .visible(ResourceType.RUN)
                .isNone());
        assertTrue(rights(PermissionLevel.NO_PERMISSIONS, grant(ResourceType.EXPERIMENT, "*", PermissionLevel.READ))
                .visible(ResourceType.LOGGED_MODEL)
                .isAll());
        VisibleResources some = rights(
                        PermissionLevel.NO_PERMISSIONS,
                        grant(ResourceType.EXPERIMENT, "7", PermissionLevel.EDIT),
                        grant(ResourceType.EXPERIMENT, "team-b/*", PermissionLevel.DENY))
                .visible(ResourceType.EXPERIMENT);
        assertEquals(
                new VisibleResources(
                        false, Set.of(ResourcePattern.exact("7")), Set.of(ResourcePattern.parse("team-b/*")), null),
                some);
    }

    // A naive model: the rules, one grant after the other, without index and without early exits.

    private static final List<ResourceType> ROOTS =
            List.of(ResourceType.EXPERIMENT, ResourceType.REGISTERED_MODEL, ResourceType.REPORT);
    private static final List<ResourceType> PARTS =
            List.of(ResourceType.RUN, ResourceType.LOGGED_MODEL, ResourceType.MODEL_VERSION);
    private static final List<String> NAMES = List.of("a", "a/x", "a/y", "b", "b*", "1", "2", "12");
    private static final List<String> PATTERNS =
            List.of("*", "a", "a/x", "a/*", "a*", "b*", "b\\*", "1", "1*", "2", "12");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void decidesAsTheNaiveModel(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            List<HeldGrant> grants = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                ResourceType type = pick(random, random.nextBoolean() ? ROOTS : PARTS);
                List<PermissionLevel> levels = List.of(
                        PermissionLevel.DENY,
                        PermissionLevel.READ,
                        PermissionLevel.USE,
                        PermissionLevel.EDIT,
                        PermissionLevel.MANAGE);
                grants.add(grant(type, pick(random, PATTERNS), pick(random, levels)));
            }
            PermissionLevel byDefault =
                    pick(random, List.of(PermissionLevel.values()).subList(1, 6));
            EffectiveGrants rights = new EffectiveGrants(false, byDefault, grants);
            ResourceKey root = root(random);
            for (Action action : Action.values()) {
                assertEquals(
                        naive(grants, byDefault, action, root),
                        allows(rights, action, root),
                        () -> action + " " + root + " by default " + byDefault + " " + grants);
                for (ResourceType part : PARTS) {
                    if (part.container() == root.type()) {
                        ResourceKey key = root.child(part, "p");
                        assertEquals(
                                naive(grants, byDefault, action, key),
                                allows(rights, action, key),
                                () -> action + " " + key + " by default " + byDefault + " " + grants);
                        assertEquals(
                                naive(grants, byDefault, Action.READ, key),
                                rights.visible(part).contains(key),
                                () -> "visible " + key + " by default " + byDefault + " " + grants);
                    }
                }
            }
            assertEquals(
                    naive(grants, byDefault, Action.READ, root),
                    rights.visible(root.type()).contains(root),
                    () -> "visible " + root + " by default " + byDefault + " " + grants);
        }
    }

    private static ResourceKey root(Random random) {
        ResourceType type = pick(random, ROOTS);
        String name = pick(random, NAMES);
        return type == ResourceType.EXPERIMENT
                ? ResourceKey.experiment(Integer.toString(random.nextInt(13)), name)
                : ResourceKey.named(type, name);
    }

    private static <T> T pick(Random random, List<T> items) {
        return items.get(random.nextInt(items.size()));
    }

    private static boolean naive(List<HeldGrant> grants, PermissionLevel byDefault, Action action, ResourceKey key) {
        if (action == Action.CREATE) {
            return naiveFold(grants, key.type(), key.root()) != PermissionLevel.DENY;
        }
        boolean isPart = key.container() != null;
        Action needed = action == Action.USE && key.type() == ResourceType.MODEL_VERSION ? Action.READ : action;
        boolean allowed = naiveLevel(grants, byDefault, key.type(), key.root()).allows(needed);
        if (isPart) {
            return allowed
                    && naiveLevel(grants, byDefault, key.root().type(), key.root())
                            .allows(Action.READ);
        }
        if (action == Action.DELETE) {
            for (ResourceType part : ResourceType.values()) {
                if (part.container() == key.type()) {
                    allowed &= naiveLevel(grants, byDefault, part, key).allows(Action.DELETE);
                }
            }
        }
        return allowed;
    }

    private static PermissionLevel naiveLevel(
            List<HeldGrant> grants, PermissionLevel byDefault, ResourceType type, ResourceKey root) {
        PermissionLevel level = naiveFold(grants, type, root);
        if (level == null && type != root.type()) {
            level = naiveFold(grants, root.type(), root);
        }
        if (level == PermissionLevel.DENY) {
            return level;
        }
        return level == null || level.compareTo(byDefault) < 0 ? byDefault : level;
    }

    private static PermissionLevel naiveFold(List<HeldGrant> grants, ResourceType type, ResourceKey root) {
        PermissionLevel level = null;
        for (HeldGrant held : grants) {
            Grant grant = held.grant();
            if (grant.type() == type && naiveMatches(grant.pattern().toString(), root)) {
                boolean denies = grant.level() == PermissionLevel.DENY || level == PermissionLevel.DENY;
                boolean higher = level == null || grant.level().compareTo(level) > 0;
                level = denies ? PermissionLevel.DENY : higher ? grant.level() : level;
            }
        }
        return level;
    }

    private static boolean naiveMatches(String pattern, ResourceKey root) {
        if (pattern.endsWith("\\*")) {
            return root.name().equals(pattern.replace("\\*", "*"));
        }
        if (pattern.endsWith("*")) {
            return root.name().startsWith(pattern.replace("*", ""));
        }
        boolean byId = root.type() == ResourceType.EXPERIMENT && pattern.matches("\\d+");
        return pattern.equals(byId ? root.id() : root.name());
    }
}
