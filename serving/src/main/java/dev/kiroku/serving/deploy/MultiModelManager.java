package dev.kiroku.serving.deploy;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several models in one server, each with its own workers. A model is loaded by the first request for it. When the limit of loaded models or
 * of their memory is exceeded, the least recently used model is unloaded. Thread-safe.
 *
 * @param <S> the specification of a model; equal specifications are the same model
 */
public final class MultiModelManager<S> implements ServedModels {
    private static final Logger LOG = LoggerFactory.getLogger(MultiModelManager.class);

    /**
     * The models and their limits.
     *
     * @param maxLoaded the number of models that may be loaded at a time
     * @param memoryLimitBytes the resident set size of all workers together above which models are unloaded; 0 for no limit
     * @param specs by name
     */
    public record ModelSet<S>(int maxLoaded, long memoryLimitBytes, Map<String, S> specs) {}

    /** Creates the router of a model, without loading it. */
    public interface RouterFactory<S> {
        /** Returns a new router. */
        TrafficRouter create(String name, S spec);
    }

    private static final class Slot<S> {
        final String name;
        final S spec;
        /** Held while the model is loaded or removed. */
        final ReentrantLock loading = new ReentrantLock();

        volatile long lastUsed = System.nanoTime();
        volatile @Nullable TrafficRouter router;
        volatile boolean removed;

        Slot(String name, S spec) {
            this.name = name;
            this.spec = spec;
        }

        long residentBytes() {
            TrafficRouter loaded = router;
            return loaded == null
                    ? 0
                    : loaded.deployments().stream()
                            .mapToLong(Deployment::residentBytes)
                            .sum();
        }

        void unload() {
            TrafficRouter loaded = router;
            router = null;
            if (loaded != null) {
                loaded.drain();
            }
        }
    }

    private final RouterFactory<S> routerFactory;
    private final Duration pollInterval;
    private final Map<String, Slot<S>> slots = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile ModelSet<S> modelSet;
    private volatile boolean ready;

    /**
     * Creates a manager that has not loaded any model.
     *
     * @param pollInterval how often aliases are resolved
     */
    public MultiModelManager(ModelSet<S> modelSet, RouterFactory<S> routerFactory, Duration pollInterval) {
        this.routerFactory = routerFactory;
        this.pollInterval = pollInterval;
        this.modelSet = modelSet;
        modelSet.specs().forEach((name, spec) -> slots.put(name, new Slot<>(name, spec)));
    }

    /** Replaces the models. Those whose specification stays the same stay loaded; the others answer their requests and are unloaded. */
    public void apply(ModelSet<S> next) {
        List<Slot<S>> dropped = new ArrayList<>();
        lock.lock();
        try {
            modelSet = next;
            for (Slot<S> slot : List.copyOf(slots.values())) {
                if (!slot.spec.equals(next.specs().get(slot.name))) {
                    slots.remove(slot.name);
                    dropped.add(slot);
                }
            }
            next.specs().forEach((name, spec) -> slots.computeIfAbsent(name, n -> new Slot<>(n, spec)));
        } finally {
            lock.unlock();
        }
        dropped.forEach(this::remove);
    }

    /**
     * Loads as many models as may be loaded, in their order, and marks the server as ready. A model that cannot be loaded is logged, and tried
     * again by the first request for it.
     */
    public void preload() {
        List<Slot<S>> first;
        lock.lock();
        try {
            first = modelSet.specs().keySet().stream()
                    .limit(modelSet.maxLoaded())
                    .map(slots::get)
                    .filter(Objects::nonNull)
                    .toList();
        } finally {
            lock.unlock();
        }
        first.parallelStream().forEach(slot -> {
            try {
                load(slot);
            } catch (KirokuException e) {
                LOG.error("{}", e.getMessage());
            }
        });
        ready = true;
    }

    @Override
    public Optional<TrafficRouter> findDefault() {
        return Optional.empty();
    }

    @Override
    public Optional<TrafficRouter> findByName(String name) {
        Slot<S> slot;
        lock.lock();
        try {
            slot = slots.get(name);
        } finally {
            lock.unlock();
        }
        if (slot == null) {
            return Optional.empty();
        }
        slot.lastUsed = System.nanoTime();
        TrafficRouter router = slot.router;
        return router != null ? Optional.of(router) : load(slot);
    }

    /** Loads a model, if no other thread has done so. Returns empty if the model was removed meanwhile. */
    private Optional<TrafficRouter> load(Slot<S> slot) {
        slot.loading.lock();
        try {
            TrafficRouter loaded = slot.router;
            if (loaded != null || slot.removed) {
                return Optional.ofNullable(loaded);
            }
            unloadOthers(slot);
            TrafficRouter router = routerFactory.create(slot.name, slot.spec);
            try {
                for (Deployment deployment : router.deployments()) {
                    deployment.load();
                    deployment.startPolling(pollInterval);
                }
            } catch (IOException | RuntimeException e) {
                router.close();
                throw new KirokuException(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The model " + slot.name + " cannot be loaded: " + e.getMessage(),
                        e);
            }
            slot.router = router;
            if (slot.removed) { // close() does not wait for models that are being loaded
                router.close();
                return Optional.empty();
            }
            enforceMemoryLimit();
            return Optional.of(router);
        } finally {
            slot.loading.unlock();
        }
    }

    private void unloadOthers(Slot<S> slot) {
        for (List<Slot<S>> others = leastRecentlyUsed(slot);
                others.size() >= modelSet.maxLoaded();
                others = leastRecentlyUsed(slot)) {
            LOG.info("unloading {} to load {}", others.getFirst().name, slot.name);
            others.getFirst().unload();
        }
    }

    /**
     * Unloads the least recently used models while the workers exceed the memory limit. The last model stays loaded in any case, since
     * otherwise it could not answer requests at all. To be called from time to time, since the memory of models grows.
     */
    public void enforceMemoryLimit() {
        for (List<Slot<S>> loaded = leastRecentlyUsed(null); loaded.size() > 1; loaded = leastRecentlyUsed(null)) {
            long limit = modelSet.memoryLimitBytes();
            long total = loaded.stream().mapToLong(Slot::residentBytes).sum();
            if (limit == 0 || total <= limit) {
                return;
            }
            LOG.info(
                    "unloading {}: the models hold {} MiB, the limit is {} MiB",
                    loaded.getFirst().name,
                    total >> 20,
                    limit >> 20);
            loaded.getFirst().unload();
        }
    }

    /** Returns the loaded models but one, the least recently used one first. */
    private List<Slot<S>> leastRecentlyUsed(@Nullable Slot<S> except) {
        lock.lock();
        try {
            return slots.values().stream()
                    .filter(slot -> slot != except && slot.router != null)
                    .map(slot -> Map.entry(slot.lastUsed, slot)) // because it changes while they are sorted
                    .sorted(Map.Entry.comparingByKey())
                    .map(Map.Entry::getValue)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private void remove(Slot<S> slot) {
        slot.loading.lock();
        try {
            slot.removed = true;
            slot.unload();
        } finally {
            slot.loading.unlock();
        }
    }

    @Override
    public Collection<TrafficRouter> loaded() {
        lock.lock();
        try {
            return slots.values().stream()
                    .map(slot -> slot.router)
                    .filter(Objects::nonNull)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void close() {
        List<Slot<S>> all;
        lock.lock();
        try {
            all = List.copyOf(slots.values());
            slots.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(slot -> slot.removed = true);
        ParallelTasks.forEach(
                all.stream().flatMap(slot -> Stream.ofNullable(slot.router)).toList(), TrafficRouter::close);
    }
}
