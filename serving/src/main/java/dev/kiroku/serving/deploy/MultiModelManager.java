package dev.kiroku.serving.deploy;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several models in one server, each in workers of its own. A model is loaded when it is first asked for; when more would be loaded than
 * may be, the one that was not asked for the longest makes place.
 */
public final class MultiModelManager implements ServedModels {
    private static final Logger LOG = LoggerFactory.getLogger(MultiModelManager.class);

    /**
     * What the operator wants.
     *
     * @param maxLoaded models at a time
     * @param memory bytes that the workers of all models may hold together before the least recently used model is unloaded; 0 for no limit
     * @param specs by name; two that are equal are the same model
     */
    public record ModelSet(int maxLoaded, long memoryLimitBytes, Map<String, Record> specs) {}

    /** Makes a model's deployments from its spec; does not load them. */
    public interface RouterFactory {
        TrafficRouter create(String name, Record spec);
    }

    private static final class Slot {
        final String name;
        final Record spec;
        final ReentrantLock loading = new ReentrantLock();
        final AtomicLong lastUsed = new AtomicLong(System.nanoTime());
        volatile TrafficRouter router;
        boolean removed;

        Slot(String name, Record spec) {
            this.name = name;
            this.spec = spec;
        }
    }

    private final RouterFactory routerFactory;
    private final Duration pollInterval;
    private final Map<String, Slot> slots = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile ModelSet modelSet;
    private volatile boolean ready;

    /** @param poll how often aliases are looked at */
    public MultiModelManager(ModelSet plan, RouterFactory maker, Duration poll) {
        this.routerFactory = maker;
        this.pollInterval = poll;
        this.modelSet = new ModelSet(plan.maxLoaded(), plan.memoryLimitBytes(), Map.of());
        apply(plan);
    }

    /** Takes a new plan: models that are no more in it, or are meant otherwise, are drained; what stayed the same is not touched. */
    public void apply(ModelSet next) {
        List<Slot> dropped = new ArrayList<>();
        lock.lock();
        try {
            modelSet = next;
            for (Slot slot : List.copyOf(slots.values())) {
                if (!slot.spec.equals(next.specs().get(slot.name))) {
                    slots.remove(slot.name);
                    dropped.add(slot);
                }
            }
            next.specs().forEach((name, spec) -> slots.computeIfAbsent(name, n -> new Slot(n, spec)));
        } finally {
            lock.unlock();
        }
        dropped.forEach(this::remove);
    }

    /** Loads as many models as may be loaded, in the plan's order. A model that fails is told and tried again when asked for. */
    public void preload() {
        List<Slot> first;
        lock.lock();
        try {
            first = modelSet.specs().keySet().stream()
                    .limit(modelSet.maxLoaded())
                    .map(slots::get)
                    .toList();
        } finally {
            lock.unlock();
        }
        first.parallelStream().forEach(slot -> {
            try {
                loaded(slot);
            } catch (KirokuException e) {
                LOG.error("{}", e.getMessage());
            }
        });
        ready = true;
    }

    @Override
    public TrafficRouter findDefault() {
        return null;
    }

    @Override
    public TrafficRouter findByName(String name) {
        Slot slot;
        lock.lock();
        try {
            slot = slots.get(name);
        } finally {
            lock.unlock();
        }
        if (slot == null) {
            return null;
        }
        slot.lastUsed.set(System.nanoTime());
        TrafficRouter traffic = slot.router;
        return traffic != null ? traffic : loaded(slot);
    }

    private TrafficRouter loaded(Slot slot) {
        slot.loading.lock();
        try {
            if (slot.router != null || slot.removed) {
                return slot.router;
            }
            evictFor(slot);
            TrafficRouter traffic = routerFactory.create(slot.name, slot.spec);
            try {
                for (Deployment deployment : traffic.deployments()) {
                    deployment.load();
                    deployment.startPolling(pollInterval);
                }
            } catch (IOException | RuntimeException e) {
                traffic.close();
                throw new KirokuException(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The model " + slot.name + " cannot be loaded: " + e.getMessage(),
                        e);
            }
            slot.router = traffic;
            enforceMemoryLimit();
            return traffic;
        } finally {
            slot.loading.unlock();
        }
    }

    private void evictFor(Slot coming) {
        for (List<Slot> others = leastRecentlyUsed(coming);
                others.size() >= modelSet.maxLoaded();
                others = leastRecentlyUsed(coming)) {
            LOG.info("{} makes place for {}", others.getFirst().name, coming.name);
            unload(others.getFirst());
        }
    }

    /**
     * Unloads models, first the one that was not asked for the longest, while their workers hold more memory than the plan allows. The last
     * one stays, whatever it holds: without it nobody would be answered. To be called now and then, for models grow.
     */
    public void enforceMemoryLimit() {
        for (List<Slot> loaded = leastRecentlyUsed(null); loaded.size() > 1; loaded = leastRecentlyUsed(null)) {
            long limit = modelSet.memoryLimitBytes();
            long held =
                    loaded.stream().mapToLong(MultiModelManager::residentBytes).sum();
            if (limit == 0 || held <= limit) {
                return;
            }
            LOG.info("{} is unloaded: the models hold {} MiB of {}", loaded.getFirst().name, held >> 20, limit >> 20);
            unload(loaded.getFirst());
        }
    }

    /** Loaded models without one of them, the least recently used first. */
    private List<Slot> leastRecentlyUsed(Slot without) {
        lock.lock();
        try {
            return slots.values().stream()
                    .filter(slot -> slot != without && slot.router != null)
                    .sorted(Comparator.comparingLong(slot -> slot.lastUsed.get()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static long residentBytes(Slot slot) {
        TrafficRouter traffic = slot.router;
        return traffic == null
                ? 0
                : traffic.deployments().stream()
                        .mapToLong(Deployment::residentBytes)
                        .sum();
    }

    private void unload(Slot slot) {
        TrafficRouter traffic = slot.router;
        slot.router = null;
        if (traffic != null) {
            traffic.close();
        }
    }

    private void remove(Slot slot) {
        slot.loading.lock();
        try {
            slot.removed = true;
            unload(slot);
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
                    .filter(traffic -> traffic != null)
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
        List<Slot> all;
        lock.lock();
        try {
            all = List.copyOf(slots.values());
            slots.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(this::remove);
    }
}
