package dev.kiroku.core.access;

import dev.kiroku.model.access.AccessDecision;
import dev.kiroku.model.access.AccessDecision.Basis;
import dev.kiroku.model.access.AccessDecision.Check;
import dev.kiroku.model.access.AccessRights;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.HeldGrant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.access.VisibleResources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The grants of one user, and the rules by which they decide, which are MLflow's:
 *
 * <ol>
 *   <li>Administrators may do everything, and whoever may manage the workspace may do everything to its resources.
 *   <li>Of the grants on a type that match a resource, one that denies wins; otherwise the highest level counts.
 *   <li>A part of a resource, such as a run, is decided by the grants on its own type. Only if none matches, by those on its container. So a
 *       grant on a part can also take away.
 *   <li>A level below the default permission is raised to it. Without a matching grant the default permission counts.
 *   <li>A new resource needs no grant, but a matching one must not deny it.
 * </ol>
 *
 * <p>A token can only restrict what its owner may do. Immutable but for what is remembered of earlier calls. Thread-safe.
 */
public final class EffectiveGrants implements AccessRights {
    /** How many decisions are remembered for each user. */
    private static final int MAX_DECISIONS = 32;

    private final boolean admin;
    private final PermissionLevel defaultLevel;
    private final boolean ownDefault;
    private final GrantIndex grants;
    private final TokenScope scope;
    private final OptionalLong sharedVersion;
    /** The last result of {@link #withServerDefault}, which every request asks for. */
    private volatile @Nullable EffectiveGrants withDefault;
    /** By what they depend on: a client that logs to a run asks the same again and again. */
    private final Map<DecisionKey, AccessDecision> decisions = new ConcurrentHashMap<>();

    private final Map<ResourceType, VisibleResources> visible = new ConcurrentHashMap<>();

    /** What a decision by grants depends on: the ID and name are those that patterns match, which for parts are those of the container. */
    private record DecisionKey(
            Action action,
            ResourceType type,
            boolean isPart,
            @Nullable String id,
            @Nullable String name) {}

    /**
     * Creates the rights of a user.
     *
     * @param admin whether the user is an administrator
     * @param groupDefault the highest default permission of the user's groups; null if none of them has one, so that the server's counts
     * @param grants the grants of the user, of the user's groups, and of the roles of both
     */
    public EffectiveGrants(boolean admin, @Nullable PermissionLevel groupDefault, List<HeldGrant> grants) {
        this(
                admin,
                groupDefault == null ? PermissionLevel.NO_PERMISSIONS : groupDefault,
                groupDefault != null,
                new GrantIndex(grants),
                TokenScope.UNRESTRICTED,
                OptionalLong.empty());
    }

    private EffectiveGrants(
            boolean admin,
            PermissionLevel defaultLevel,
            boolean ownDefault,
            GrantIndex grants,
            TokenScope scope,
            OptionalLong sharedVersion) {
        this.admin = admin;
        this.defaultLevel = defaultLevel;
        this.ownDefault = ownDefault;
        this.grants = grants;
        this.scope = scope;
        this.sharedVersion = sharedVersion;
    }

    /** Returns these rights with the default permission of the server, which counts unless a group of the user has one. */
    public EffectiveGrants withServerDefault(PermissionLevel level) {
        if (ownDefault || level == defaultLevel) {
            return this;
        }
        EffectiveGrants known = withDefault;
        if (known == null || known.defaultLevel != level) {
            known = new EffectiveGrants(admin, level, false, grants, scope, sharedVersion);
            withDefault = known;
        }
        return known;
    }

    /** Returns these rights as restricted by a token. */
    public EffectiveGrants restrictedTo(TokenScope tokenScope) {
        return tokenScope.isUnrestricted()
                ? this
                : new EffectiveGrants(admin, defaultLevel, ownDefault, grants, tokenScope, sharedVersion);
    }

    /** Returns these rights with the version that they were read with. */
    public EffectiveGrants withSharedVersion(long version) {
        return new EffectiveGrants(admin, defaultLevel, ownDefault, grants, scope, OptionalLong.of(version));
    }

    @Override
    public OptionalLong sharedVersion() {
        return sharedVersion;
    }

    @Override
    public boolean isUnrestricted() {
        return admin && scope.isUnrestricted();
    }

    /** Returns the number of grants. */
    public int size() {
        return grants.size();
    }

    /** Returns the default permission of the user. */
    public PermissionLevel defaultLevel() {
        return defaultLevel;
    }

    @Override
    public AccessDecision decide(Action action, ResourceKey resource) {
        return switch (resource.type()) {
            case SERVER, WORKSPACE ->
                action == Action.READ ? open(action, resource) : decideWithoutDefault(action, resource);
            case USER ->
                action == Action.READ || scope.permits(action, resource)
                        ? open(action, resource)
                        : deniedByToken(action, resource);
            case AUDIT_LOG -> decideWithoutDefault(Action.MANAGE, ResourceKey.unknown(ResourceType.SERVER));
            // What may be done to it depends on its state and on the gates; the registry decides that.
            case APPROVAL_REQUEST -> decideOnContainer(Action.READ, resource);
            case ARTIFACT, ARTIFACT_LOCATION, WEBHOOK_DELIVERY -> decideOnContainer(action, resource);
            default -> decideByGrants(action, resource);
        };
    }

    /** Returns the level that a user has by the grants on the resource's own type, or by the default permission if there are none. */
    public PermissionLevel levelOn(ResourceKey resource) {
        if (admin || !grants.workspaceManagers().isEmpty()) {
            return PermissionLevel.MANAGE;
        }
        PermissionLevel level = fold(grants.on(resource.type()).matching(resource), PermissionLevel.NO_PERMISSIONS);
        return level == PermissionLevel.DENY ? level : PermissionLevel.max(level, defaultLevel);
    }

    private AccessDecision decideOnContainer(Action action, ResourceKey resource) {
        ResourceKey container = resource.container();
        return container == null ? decideByGrants(action, resource) : decide(action, container);
    }

    /** Who administers the server or the workspace is said by grants, never by the default permission. */
    private AccessDecision decideWithoutDefault(Action action, ResourceKey resource) {
        if (!scope.permits(action, resource)) {
            return deniedByToken(action, resource);
        }
        if (admin) {
            return admin(action, resource, List.of());
        }
        List<HeldGrant> matching = grants.on(resource.type()).matching(resource);
        PermissionLevel level = fold(matching, PermissionLevel.NO_PERMISSIONS);
        return new AccessDecision(List.of(new Check(
                resource.type(), action, level.allows(action), Basis.GRANT, level, resource.type(), matching)));
    }

    private AccessDecision decideByGrants(Action action, ResourceKey resource) {
        if (!scope.permits(action, resource)) {
            return deniedByToken(action, resource);
        }
        ResourceKey matched = resource.matched();
        DecisionKey key =
                new DecisionKey(action, resource.type(), resource.container() != null, matched.id(), matched.name());
        AccessDecision known = decisions.get(key);
        if (known == null) {
            known = decideAnew(action, resource);
            if (decisions.size() >= MAX_DECISIONS) {
                decisions.clear();
            }
            decisions.put(key, known);
        }
        return known;
    }

    private AccessDecision decideAnew(Action action, ResourceKey resource) {
        List<HeldGrant> workspace = grants.workspaceManagers();
        if (admin || !workspace.isEmpty()) {
            return admin(action, resource, workspace);
        }
        List<AccessRequirements.Requirement> required = AccessRequirements.of(action, resource);
        List<Check> checks = new ArrayList<>(required.size());
        for (AccessRequirements.Requirement each : required) {
            checks.add(check(each.action(), each.resource()));
        }
        return new AccessDecision(checks);
    }

    private Check check(Action action, ResourceKey resource) {
        for (ResourceKey tier = resource; tier != null; tier = action == Action.CREATE ? null : tier.container()) {
            List<HeldGrant> matching = grants.on(tier.type()).matching(tier);
            if (!matching.isEmpty()) {
                return check(action, resource, tier.type(), matching);
            }
        }
        PermissionLevel level = action == Action.CREATE ? PermissionLevel.NO_PERMISSIONS : defaultLevel;
        Basis basis = action == Action.CREATE ? Basis.OPEN : Basis.DEFAULT;
        return new Check(resource.type(), action, level.allows(action), basis, level, null, List.of());
    }

    private Check check(Action action, ResourceKey resource, ResourceType tier, List<HeldGrant> matching) {
        PermissionLevel granted = fold(matching, PermissionLevel.NO_PERMISSIONS);
        PermissionLevel level = granted == PermissionLevel.DENY ? granted : PermissionLevel.max(granted, defaultLevel);
        Basis basis = level == granted ? Basis.GRANT : Basis.DEFAULT_ABOVE_GRANT;
        return new Check(resource.type(), action, level.allows(action), basis, level, tier, matching);
    }

    /** Returns DENY if a grant denies, otherwise the highest level, or {@code none} without grants. */
    private static PermissionLevel fold(List<HeldGrant> matching, PermissionLevel none) {
        PermissionLevel highest = none;
        for (HeldGrant held : matching) {
            if (held.grant().level() == PermissionLevel.DENY) {
                return PermissionLevel.DENY;
            }
            highest = PermissionLevel.max(highest, held.grant().level());
        }
        return highest;
    }

    private static AccessDecision open(Action action, ResourceKey resource) {
        return new AccessDecision(List.of(new Check(resource.type(), action, true, Basis.OPEN, null, null, List.of())));
    }

    private static AccessDecision admin(Action action, ResourceKey resource, List<HeldGrant> workspace) {
        ResourceType decidedBy = workspace.isEmpty() ? null : ResourceType.WORKSPACE;
        return new AccessDecision(
                List.of(new Check(resource.type(), action, true, Basis.ADMIN, null, decidedBy, workspace)));
    }

    private static AccessDecision deniedByToken(Action action, ResourceKey resource) {
        return new AccessDecision(
                List.of(new Check(resource.type(), action, false, Basis.TOKEN, null, null, List.of())));
    }

    /** @throws IllegalArgumentException if permissions on the type cannot be granted */
    @Override
    public VisibleResources visible(ResourceType type) {
        if (!type.isGrantable()) {
            throw new IllegalArgumentException("no permissions are granted on " + type);
        }
        return visible.computeIfAbsent(type, this::findVisible);
    }

    private VisibleResources findVisible(ResourceType type) {
        ResourceType root = type.container() == null ? type : type.container();
        Set<ResourcePattern> within = scope.resources().isEmpty()
                ? null
                : scope.resources().stream()
                        .filter(selector -> selector.type() == root)
                        .map(ResourceSelector::pattern)
                        .collect(Collectors.toSet());
        if (admin || !grants.workspaceManagers().isEmpty()) {
            return new VisibleResources(true, Set.of(), Set.of(), within);
        }
        Set<ResourcePattern> denied = grants.on(root).denied();
        if (type != root && !grants.on(type).denied().isEmpty()) {
            denied = new HashSet<>(denied);
            denied.addAll(grants.on(type).denied());
        }
        return new VisibleResources(
                defaultLevel.allows(Action.READ), grants.on(root).allowed(), denied, within);
    }
}
