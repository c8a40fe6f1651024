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
public final class HostedModels implements Models {
    private static final Logger LOG = LoggerFactory.getLogger(HostedModels.class);

    /**
     * What the operator wants.
     *
     * @param maxLoaded models at a time
     * @param memory bytes that the workers of all models may hold together before the least recently used model is unloaded; 0 for no limit
     * @param specs by name; two that are equal are the same model
     */
    public record Plan(int maxLoaded, long memory, Map<String, Record> specs) {}

    /** Makes a model's deployments from its spec; does not load them. */
    public interface Maker {
        Traffic make(String name, Record spec);
    }

    private static final class Slot {
        final String name;
        final Record spec;
        final ReentrantLock loading = new ReentrantLock();
        final AtomicLong used = new AtomicLong(System.nanoTime());
        volatile Traffic traffic;
        boolean gone;

        Slot(String name, Record spec) {
            this.name = name;
            this.spec = spec;
        }
    }

    private final Maker maker;
    private final Duration poll;
    private final Map<String, Slot> slots = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Plan plan;
    private volatile boolean ready;

    /** @param poll how often aliases are looked at */
    public HostedModels(Plan plan, Maker maker, Duration poll) {
        this.maker = maker;
        this.poll = poll;
        this.plan = new Plan(plan.maxLoaded(), plan.memory(), Map.of());
        apply(plan);
    }

    /** Takes a new plan: models that are no more in it, or are meant otherwise, are drained; what stayed the same is not touched. */
    public void apply(Plan next) {
        List<Slot> dropped = new ArrayList<>();
        lock.lock();
        try {
            plan = next;
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
        dropped.forEach(this::end);
    }

    /** Loads as many models as may be loaded, in the plan's order. A model that fails is told and tried again when asked for. */
    public void preload() {
        List<Slot> first;
        lock.lock();
        try {
            first = plan.specs().keySet().stream()
                    .limit(plan.maxLoaded())
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
    public Traffic main() {
        return null;
    }

    @Override
    public Traffic named(String name) {
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
        slot.used.set(System.nanoTime());
        Traffic traffic = slot.traffic;
        return traffic != null ? traffic : loaded(slot);
    }

    private Traffic loaded(Slot slot) {
        slot.loading.lock();
        try {
            if (slot.traffic != null || slot.gone) {
                return slot.traffic;
            }
            makePlace(slot);
            Traffic traffic = maker.make(slot.name, slot.spec);
            try {
                for (Deployment deployment : traffic.deployments()) {
                    deployment.load();
                    deployment.follow(poll);
                }
            } catch (IOException | RuntimeException e) {
                traffic.close();
                throw new KirokuException(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The model " + slot.name + " cannot be loaded: " + e.getMessage(),
                        e);
            }
            slot.traffic = traffic;
            trim();
            return traffic;
        } finally {
            slot.loading.unlock();
        }
    }

    private void makePlace(Slot coming) {
        for (List<Slot> others = byUse(coming); others.size() >= plan.maxLoaded(); others = byUse(coming)) {
            LOG.info("{} makes place for {}", others.getFirst().name, coming.name);
            unload(others.getFirst());
        }
    }

    /**
     * Unloads models, first the one that was not asked for the longest, while their workers hold more memory than the plan allows. The last
     * one stays, whatever it holds: without it nobody would be answered. To be called now and then, for models grow.
     */
    public void trim() {
        for (List<Slot> loaded = byUse(null); loaded.size() > 1; loaded = byUse(null)) {
            long limit = plan.memory();
            long held = loaded.stream().mapToLong(HostedModels::memory).sum();
            if (limit == 0 || held <= limit) {
                return;
            }
            LOG.info("{} is unloaded: the models hold {} MiB of {}", loaded.getFirst().name, held >> 20, limit >> 20);
            unload(loaded.getFirst());
        }
    }

    /** Loaded models without one of them, the least recently used first. */
    private List<Slot> byUse(Slot without) {
        lock.lock();
        try {
            return slots.values().stream()
                    .filter(slot -> slot != without && slot.traffic != null)
                    .sorted(Comparator.comparingLong(slot -> slot.used.get()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static long memory(Slot slot) {
        Traffic traffic = slot.traffic;
        return traffic == null
                ? 0
                : traffic.deployments().stream().mapToLong(Deployment::memory).sum();
    }

    private void unload(Slot slot) {
        Traffic traffic = slot.traffic;
        slot.traffic = null;
        if (traffic != null) {
            traffic.close();
        }
    }

    private void end(Slot slot) {
        slot.loading.lock();
        try {
            slot.gone = true;
            unload(slot);
        } finally {
            slot.loading.unlock();
        }
    }

    @Override
    public Collection<Traffic> loaded() {
        lock.lock();
        try {
            return slots.values().stream()
                    .map(slot -> slot.traffic)
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
        all.forEach(this::end);
    }
}
