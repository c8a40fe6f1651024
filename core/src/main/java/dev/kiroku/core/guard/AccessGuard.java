package dev.kiroku.core.guard;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.guard.StoredResourceKeys.Found;
import dev.kiroku.core.tracking.ExperimentStore;
import dev.kiroku.core.tracking.KeyValues;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.AccessDecision;
import dev.kiroku.model.access.AccessRights;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.ResourceAccess;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.RegistryApi;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that the caller has no permission for, before the operation runs. The operation names its resources
 * ({@link ResourceAccess}) and the request identifies them; the caller's rights decide.
 *
 * <p>What a caller may not read and what does not exist get the same answer. For a caller who may read everything of a type, nothing has to be
 * hidden: the operation then says that the resource does not exist.
 *
 * <p>Searches are not refused: they leave out what the caller may not read. Nothing is looked up for callers without restrictions.
 * Thread-safe.
 */
public final class AccessGuard {
    /** What finds resources. */
    private record Lookup(StoredResourceKeys keys, ArtifactOwners artifacts, ResourceIndex index) {}

    private final @Nullable Lookup lookup;

    /** Returns a guard for a server without authentication, whose callers may do everything. It refuses all others. */
    public static AccessGuard forAnonymousCallers() {
        return new AccessGuard(null);
    }

    /**
     * Creates a guard.
     *
     * @param keys finds the resources that requests name, in the same database as {@code index}
     * @param artifacts finds the experiments that own artifacts
     */
    public AccessGuard(StoredResourceKeys keys, ArtifactOwners artifacts, ResourceIndex index) {
        this(new Lookup(keys, artifacts, index));
    }

    private AccessGuard(@Nullable Lookup lookup) {
        this.lookup = lookup;
    }

    /** The values by which a request identifies resources. */
    @FunctionalInterface
    public interface Fields {
        /** Returns the values of a field that are not empty, or an empty list if there are none. */
        List<String> get(String field);
    }

    /** The fields of a request that was read into a record. */
    private record RecordFields(Record request, Map<String, RequestFields.Field> readers) implements Fields {
        @Override
        public List<String> get(String field) {
            return Objects.requireNonNull(readers.get(field)).read(request);
        }
    }

    /** Returns the check of an operation with requests of a type. It throws as {@link #check} does. */
    public <Q extends Record> BiConsumer<Q, Caller> checkOf(Class<Q> type, List<ResourceAccess> resources) {
        Map<String, RequestFields.Field> readers = new HashMap<>();
        resources.stream()
                .flatMap(access -> access.fields().stream())
                .forEach(field -> readers.put(field, RequestFields.of(type, field)));
        List<ResourceAccess> checked = checked(resources);
        return (request, caller) -> {
            if (!caller.rights().isUnrestricted()) {
                runCheck(caller, checked, new RecordFields(request, readers));
            }
        };
    }

    /**
     * Checks that a caller may do what an operation does.
     *
     * @throws KirokuException with PERMISSION_DENIED and what is missing if not
     */
    public void check(Caller caller, List<ResourceAccess> resources, Fields fields) {
        if (!caller.rights().isUnrestricted()) {
            runCheck(caller, checked(resources), fields);
        }
    }

    /** Whoever administers the server needs no other permission for that. */
    private static List<ResourceAccess> checked(List<ResourceAccess> resources) {
        List<ResourceAccess> administrative =
                resources.stream().filter(ResourceAccess::isAdministrative).toList();
        return administrative.isEmpty() ? resources : administrative;
    }

    private void runCheck(Caller caller, List<ResourceAccess> checked, Fields fields) {
        if (lookup == null) {
            throw new IllegalStateException("a caller with restrictions on a server without authentication");
        }
        new Check(lookup, caller, fields).run(checked);
    }

    /** One check. */
    private static final class Check {
        private final StoredResourceKeys keys;
        private final ArtifactOwners artifacts;
        private final ResourceIndex index;
        private final Caller caller;
        private final AccessRights rights;
        private final OptionalLong version;
        private final Fields fields;
        /** What the operation adds something to, by type. */
        private final Map<ResourceType, ResourceKey> named = new EnumMap<>(ResourceType.class);

        private Check(Lookup lookup, Caller caller, Fields fields) {
            this.keys = lookup.keys;
            this.artifacts = lookup.artifacts;
            this.index = lookup.index;
            this.caller = caller;
            this.rights = caller.rights();
            this.version = rights.sharedVersion();
            this.fields = fields;
        }

        private void run(List<ResourceAccess> resources) {
            boolean copiesVersion = copiesVersion(resources);
            for (ResourceAccess access : resources) {
                // Who may read a model version may copy it: its run and logged model are not read.
                boolean lineage = access.type() == ResourceType.RUN || access.type() == ResourceType.LOGGED_MODEL;
                if (!copiesVersion || !lineage) {
                    check(access);
                }
            }
        }

        private boolean copiesVersion(List<ResourceAccess> resources) {
            for (ResourceAccess access : resources) {
                if (access.type() == ResourceType.ARTIFACT_LOCATION
                        && values(access).stream().anyMatch(ArtifactSource::isModelVersion)) {
                    return true;
                }
            }
            return false;
        }

        private List<String> values(ResourceAccess access) {
            return access.fields().isEmpty()
                    ? List.of()
                    : fields.get(access.fields().getFirst());
        }

        private void check(ResourceAccess access) {
            switch (access.type()) {
                case EXPERIMENT -> checkExperiment(access);
                case RUN, LOGGED_MODEL -> checkParts(access);
                case REGISTERED_MODEL, PROMPT -> checkModel(access);
                case MODEL_VERSION, PROMPT_VERSION -> checkVersion(access);
                case APPROVAL_REQUEST -> values(access).forEach(id -> require(access.action(), id, keys.approval(id)));
                case ARTIFACT -> checkArtifacts(access);
                case ARTIFACT_LOCATION -> values(access).forEach(uri -> checkLocation(access.action(), uri));
                case REPORT, WEBHOOK, GATE -> checkById(access);
                case WEBHOOK_DELIVERY -> {} // only who may manage the server sees deliveries
                default -> {
                    ResourceKey key = ResourceKey.unknown(access.type());
                    require(access.action(), null, new Found(key, true));
                }
            }
        }

        private void checkExperiment(ResourceAccess access) {
            List<String> values = values(access);
            if (access.fields().isEmpty() || access.rule() == ResourceAccess.Rule.FILTERED) {
                return; // a search
            }
            if (access.action() == Action.CREATE) {
                values.forEach(name -> checkNewName(
                        ResourceType.EXPERIMENT, new ResourceKey(ResourceType.EXPERIMENT, null, name, null)));
                return;
            }
            if (access.rule() == ResourceAccess.Rule.HIDDEN_IS_ABSENT) {
                values.forEach(this::checkExperimentName);
                return;
            }
            // Without an ID, operations mean the default experiment.
            String id = values.isEmpty() ? Long.toString(ExperimentStore.DEFAULT_ID) : values.getFirst();
            Found found = keys.experiment(id, version);
            require(access.action(), id, found);
            named.put(ResourceType.EXPERIMENT, found.key());
        }

        /**
         * Clients look for an experiment by its name before they create it, so that a name that nothing has must be answered with
         * RESOURCE_DOES_NOT_EXIST; and therefore also one that the caller may not read.
         */
        private void checkExperimentName(String name) {
            Found found = keys.experimentByName(name);
            if (found.exists() && !rights.decide(Action.READ, found.key()).allowed()) {
                throw KirokuException.notFound("Could not find experiment with name '%s'", name);
            }
        }

        private void checkParts(ResourceAccess access) {
            if (access.fields().isEmpty()) {
                if (access.action() == Action.CREATE) {
                    require(Action.CREATE, null, new Found(newPart(access.type()), true));
                }
                return; // else a search
            }
            List<String> ids = values(access);
            if (ids.size() == 1) {
                require(access.action(), ids.getFirst(), keys.part(access.type(), ids.getFirst(), version));
                return;
            }
            Map<String, Found> found = keys.parts(access.type(), ids, version);
            ids.forEach(id -> require(access.action(), id, Objects.requireNonNull(found.get(id))));
        }

        private ResourceKey newPart(ResourceType type) {
            ResourceKey container = type.container() == null ? null : named.get(type.container());
            return container == null ? ResourceKey.unknown(type) : container.child(type, null);
        }

        private void checkModel(ResourceAccess access) {
            for (String name : values(access)) {
                if (access.action() == Action.CREATE) {
                    ResourceKey old = named.get(ResourceType.REGISTERED_MODEL);
                    boolean prompt = old == null ? isNewPrompt() : old.type() == ResourceType.PROMPT;
                    checkNewName(
                            ResourceType.REGISTERED_MODEL,
                            prompt ? ResourceKey.prompt(name) : ResourceKey.registeredModel(name));
                } else {
                    Found found = keys.model(name);
                    requireModel(changesType(access) ? Action.MANAGE : access.action(), found);
                    named.put(ResourceType.REGISTERED_MODEL, found.key());
                }
            }
        }

        private boolean isNewPrompt() {
            return fields instanceof RecordFields(Record request, var _)
                    && request instanceof RegistryApi.CreateRegisteredModelRequest create
                    && WebhookMessage.isPrompt(KeyValues.lastValuePerKey(create.tags()));
        }

        /** The tag that makes a model a prompt decides which grants count, so changing it is for those who give them. */
        private boolean changesType(ResourceAccess access) {
            return access.rule() == ResourceAccess.Rule.TAG
                    && fields.get(access.fields().getLast()).contains(WebhookMessage.PROMPT_TAG);
        }

        /** The decision on a model depends on its name alone, so it is the same for one that does not exist. */
        private void requireModel(Action action, Found found) {
            ResourceKey key = found.key();
            String name = key.root().id();
            ResourceKey asModel = ResourceKey.registeredModel(Objects.requireNonNull(name));
            boolean hiddenPrompt = key.root().type() == ResourceType.PROMPT
                    && !rights.decide(Action.READ, key.root()).allowed();
            if (!hiddenPrompt) {
                require(action, name, new Found(key, true));
                return;
            }
            // Nothing may tell it from a name that nothing has, which is decided on as that of a model.
            ResourceKey absent = key.type() == ResourceType.PROMPT_VERSION
                    ? asModel.child(ResourceType.MODEL_VERSION, key.id())
                    : asModel;
            require(action, name, new Found(absent, true));
            throw absent == asModel || absent.id() == null
                    ? KirokuException.notFound("Registered Model with name=%s not found", name)
                    : KirokuException.notFound("Model Version (name=%s, version=%s) not found", name, absent.id());
        }

        private void checkVersion(ResourceAccess access) {
            List<String> versions =
                    access.fields().size() > 1 ? fields.get(access.fields().get(1)) : List.of();
            String version = versions.isEmpty() ? null : versions.getFirst();
            for (String name : values(access)) {
                requireModel(access.action(), keys.version(name, version));
            }
        }

        private void checkById(ResourceAccess access) {
            if (access.action() == Action.CREATE || access.type() == ResourceType.GATE) {
                List<String> names = values(access);
                if (names.isEmpty() && access.action() != Action.READ) {
                    require(access.action(), null, new Found(ResourceKey.unknown(access.type()), true));
                }
                names.forEach(name ->
                        require(access.action(), name, new Found(ResourceKey.named(access.type(), name), true)));
            } else {
                values(access).forEach(id -> require(access.action(), id, keys.byId(access.type(), id)));
            }
        }

        private void checkNewName(ResourceType type, ResourceKey key) {
            require(Action.CREATE, key.name(), new Found(key, true));
            ResourceKey old = named.get(type);
            if (old != null && !Objects.equals(key.name(), old.name()) && index.isAffectedByRename(old, key)) {
                require(Action.MANAGE, old.name(), new Found(old, true));
            }
        }

        private void checkArtifacts(ResourceAccess access) {
            List<String> paths = values(access);
            // Without a path, the root is meant.
            for (String path : paths.isEmpty() ? List.of("") : paths) {
                checkOwners(access.action(), path, artifacts.ofPath(ArtifactPath.of(path), access.action(), version));
            }
        }

        private void checkOwners(Action action, String path, ArtifactOwners.Owners owners) {
            owners.keys().forEach(owner -> requireOwner(action, path, owner));
            if (!owners.keys().isEmpty() && owners.hasExperimentsBelow() && action != Action.READ) {
                // A folder of one experiment in which others have their locations: deleting it deletes what is theirs.
                require(Action.MANAGE, path, new Found(ResourceKey.unknown(ResourceType.WORKSPACE), true));
            }
            if (owners.keys().isEmpty()) {
                boolean all = !hides(ResourceType.EXPERIMENT)
                        && !hides(ResourceType.RUN)
                        && !hides(ResourceType.LOGGED_MODEL);
                boolean within = owners.hasExperimentsBelow() && action != Action.READ;
                ResourceKey owner =
                        ResourceKey.unknown(all && !within ? ResourceType.EXPERIMENT : ResourceType.WORKSPACE);
                require(owner.type() == ResourceType.WORKSPACE ? Action.MANAGE : action, path, new Found(owner, true));
            }
        }

        /** Refuses what belongs to others as it refuses what belongs to nobody. */
        private void requireOwner(Action action, String path, ResourceKey owner) {
            boolean exists = owner.root().id() != null;
            AccessDecision reading = rights.decide(Action.READ, owner);
            if (!reading.allowed() || !exists && hides(ResourceType.EXPERIMENT)) {
                ResourceKey unknown = ResourceKey.unknown(ResourceType.WORKSPACE);
                throw new Refusal(caller, action, path, unknown, reading, false).toException(this::managers);
            }
            require(action, path, new Found(owner, true));
        }

        private void checkLocation(Action action, String uri) {
            ArtifactSource source = ArtifactSource.parse(uri);
            switch (source) {
                case ArtifactSource.ModelVersion(String name) -> requireModel(action, keys.version(name, null));
                case ArtifactSource.Part(ResourceType type, String id) ->
                    require(action, id, keys.part(type, id, version));
                case ArtifactSource.Location(String location) -> {
                    ArtifactOwners.Owners owners = artifacts.ofLocation(location, action, version);
                    owners.keys().forEach(owner -> requireOwner(action, location, owner));
                    // Whoever may read a run reads all of its folder by the run's ID.
                    boolean withinPart = action != Action.READ
                            && owners.keys().stream().anyMatch(owner -> owner.type() != ResourceType.EXPERIMENT);
                    if (owners.hasExperimentsBelow() || withinPart) {
                        require(Action.MANAGE, location, new Found(ResourceKey.unknown(ResourceType.WORKSPACE), true));
                    }
                }
            }
        }

        /** Returns whether there can be resources of a type that the caller may not read. */
        private boolean hides(ResourceType type) {
            return !rights.visible(type).isAll();
        }

        /** @param text what the request calls the resource; null if it does not name it */
        private void require(Action action, @Nullable String text, Found found) {
            ResourceKey key = found.key();
            AccessDecision decision = rights.decide(action, key);
            boolean hidden = !found.exists() && hides(decidingType(key));
            if (!decision.allowed() || hidden) {
                boolean readable = found.exists()
                        && key.type().isGrantable()
                        && rights.decide(Action.READ, key).allowed();
                throw new Refusal(caller, action, text, key, decision, readable).toException(this::managers);
            }
        }

        /** Grants on approval requests are those on their models. */
        private static ResourceType decidingType(ResourceKey key) {
            return key.type().isGrantable() ? key.type() : key.root().type();
        }

        private Collection<String> managers(ResourceKey key) {
            ResourceKey root = key.root();
            List<String> names = Stream.of(root.id(), root.name())
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList();
            return index.listManagers(root.type(), names, Refusal.MAX_MANAGERS);
        }
    }
}
