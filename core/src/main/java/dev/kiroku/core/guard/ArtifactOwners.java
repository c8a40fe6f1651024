package dev.kiroku.core.guard;

import dev.kiroku.core.artifacts.ArtifactLocator;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.guard.ResourceIndex.ExperimentLocation;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Finds the experiments, runs and logged models that own artifacts, by where the artifacts are. An experiment owns everything below its
 * artifact location; its runs and logged models have folders there. Locations change only when an import has copied artifacts, so each is read
 * once. Thread-safe.
 */
public final class ArtifactOwners {
    /** Transactions of several servers can commit experiments in another order than that of their IDs; these IDs are read again. */
    private static final long REREAD_IDS = 100;

    private static final Pattern RUN_ID = Pattern.compile("[0-9a-f]{32}");

    private final ResourceIndex index;
    private final StoredResourceKeys keys;
    private final ArtifactLocator locator;
    private final String defaultRoot;
    /** The IDs of experiments by the canonical form of their location. */
    private final ConcurrentSkipListMap<String, Set<Long>> experiments = new ConcurrentSkipListMap<>();

    private final AtomicLong nextId = new AtomicLong();

    /**
     * Creates the lookup.
     *
     * @param defaultRoot the location below which experiments have their artifacts by default, in folders with their ID as the name
     */
    public ArtifactOwners(ResourceIndex index, StoredResourceKeys keys, ArtifactLocator locator, String defaultRoot) {
        this.index = index;
        this.keys = keys;
        this.locator = locator;
        this.defaultRoot = defaultRoot;
    }

    /**
     * Reads all locations, because some have changed. An experiment goes on owning what is at its former location, which no server
     * opens.
     */
    public void readAgain() {
        readLocations(0);
    }

    /**
     * The owners of a file or folder.
     *
     * @param keys the resources that own it; more than one if the locations of experiments overlap
     * @param hasExperimentsBelow whether experiments have their locations below the folder
     */
    record Owners(List<ResourceKey> keys, boolean hasExperimentsBelow) {}

    /** Returns the owners of a path in the proxied artifact store. */
    Owners ofPath(ArtifactPath path, Action action, OptionalLong version) {
        return find(locator.canonicalize(path), action, version);
    }

    /** Returns the owners of an artifact location. */
    Owners ofLocation(String uri, Action action, OptionalLong version) {
        String location = locator.canonicalize(uri);
        Owners owners = find(location, action, version);
        String root = locator.canonicalize(defaultRoot) + "/";
        boolean reserved = owners.keys().isEmpty()
                && location.startsWith(root)
                && location.substring(root.length()).matches("\\d+(/.*)?");
        // The folder of an experiment that does not exist yet.
        return reserved
                ? new Owners(List.of(ResourceKey.unknown(ResourceType.EXPERIMENT)), owners.hasExperimentsBelow())
                : owners;
    }

    private Owners find(String location, Action action, OptionalLong version) {
        readNewLocations();
        Set<ResourceKey> owners = new LinkedHashSet<>();
        for (int end = location.length(); end >= 0; end = end == 0 ? -1 : location.lastIndexOf('/', end - 1)) {
            for (long id : experiments.getOrDefault(location.substring(0, end), Set.of())) {
                ResourceKey experiment =
                        keys.experiment(Long.toString(id), version).key();
                String below = end == location.length() ? "" : location.substring(end + 1);
                owners.add(part(experiment, below, action));
            }
        }
        String first = experiments.ceilingKey(location + "/");
        return new Owners(new ArrayList<>(owners), first != null && first.startsWith(location + "/"));
    }

    private void readNewLocations() {
        readLocations(Math.max(0, nextId.get() - REREAD_IDS));
    }

    private void readLocations(long fromId) {
        for (ExperimentLocation read : index.listLocations(fromId)) {
            experiments
                    .computeIfAbsent(locator.canonicalize(read.artifactLocation()), _ -> new CopyOnWriteArraySet<>())
                    .add(read.experimentId());
            nextId.accumulateAndGet(read.experimentId() + 1, Math::max);
        }
    }

    /**
     * Returns what a folder below the location of an experiment belongs to.
     *
     * @param below the path relative to the location, empty for the location itself
     */
    private static ResourceKey part(ResourceKey experiment, String below, Action action) {
        List<String> names = below.isEmpty() ? List.of() : Arrays.asList(below.split("/"));
        if (names.isEmpty()) {
            return experiment;
        }
        String first = names.getFirst();
        if (first.equalsIgnoreCase("models")) {
            return experiment.child(ResourceType.LOGGED_MODEL, names.size() > 1 ? names.get(1) : null);
        }
        if (first.equalsIgnoreCase("traces")) {
            return experiment.child(ResourceType.TRACE, null);
        }
        boolean run = names.size() > 1 && names.get(1).equals("artifacts")
                || RUN_ID.matcher(first).matches();
        if (run) {
            return experiment.child(ResourceType.RUN, first);
        }
        // Whatever else is deleted is taken for a run, which grants may protect.
        return action == Action.DELETE ? experiment.child(ResourceType.RUN, null) : experiment;
    }
}
