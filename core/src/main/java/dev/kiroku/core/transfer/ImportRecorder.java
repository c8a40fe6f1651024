package dev.kiroku.core.transfer;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.model.transfer.ServerImport.Options;
import dev.kiroku.model.transfer.ServerImport.Progress;
import dev.kiroku.model.transfer.ServerImport.State;
import dev.kiroku.model.transfer.ServerImport.Summary;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records an import while it runs: its progress every two seconds, its end, the experiments that it brings, and entries of the audit log. An
 * import that is no longer recorded is known to be over. Thread-safe.
 */
public final class ImportRecorder implements AutoCloseable {
    /** An import that was not recorded for this time is over. */
    static final Duration LIFE = Duration.ofSeconds(15);

    private static final long INTERVAL_SECONDS = 2;

    private final Logger log = LoggerFactory.getLogger(ImportRecorder.class);
    private final ImportStore store;
    private final AuditStore audit;
    private final Clock clock;
    private final Caller caller;
    private final Plan plan;
    private final long startTime;
    private final long id;
    private final Set<Long> experiments = new HashSet<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("import-recorder").unstarted(this::saveRegularly);
    private volatile boolean cancelled;
    private volatile boolean interrupted;

    // Guarded by this.
    private State state = State.RUNNING;
    private @Nullable String description;
    private @Nullable Long endTime;
    private @Nullable String message;
    private Progress progress = Progress.NONE;
    private Summary summary = new Summary(List.of(), List.of(), List.of(), 0L, List.of(), 0L);

    /**
     * What is imported.
     *
     * @param source without a password
     * @param signedIn whether a user name, a password or a token is used
     */
    public record Plan(String source, Options options, boolean signedIn, boolean dryRun) {}

    /**
     * What an import did.
     *
     * @param complete false if it ended early because it was cancelled
     */
    public record Outcome(Summary summary, boolean complete) {}

    private ImportRecorder(
            ImportStore store, AuditStore audit, Clock clock, Plan plan, Caller caller, boolean byServer) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
        this.plan = plan;
        this.caller = caller;
        this.startTime = clock.millis();
        this.id = store.add(snapshot(0), byServer, startTime - LIFE.toMillis());
    }

    /**
     * Records the start of an import.
     *
     * @param byServer whether a server runs it, and not a command
     * @throws KirokuException RESOURCE_CONFLICT if a server does, and one is importing already
     */
    public static ImportRecorder start(
            ImportStore store, AuditStore audit, Clock clock, Plan plan, Caller caller, boolean byServer) {
        var recorder = new ImportRecorder(store, audit, clock, plan, caller, byServer);
        recorder.append("import.start", Map.of("source", plan.source(), "dry_run", plan.dryRun()));
        recorder.thread.start();
        return recorder;
    }

    /** Returns whether an import that was saved as running has ended without notice. */
    static boolean isDead(ServerImport saved, long now) {
        return saved.state() == State.RUNNING && saved.updateTime() < now - LIFE.toMillis();
    }

    /** Returns the import as it is now. */
    public ServerImport current() {
        return snapshot(id);
    }

    private synchronized ServerImport snapshot(long importId) {
        return new ServerImport(
                importId,
                state,
                plan.dryRun(),
                plan.source(),
                description,
                plan.options(),
                plan.signedIn(),
                caller.name(),
                startTime,
                clock.millis(),
                endTime,
                progress,
                message,
                summary);
    }

    /**
     * Records what the source was found to be.
     *
     * @param runsTotal null if it was not counted
     * @param left what the source has and an import leaves
     */
    public void onSource(String found, @Nullable Long runsTotal, @Nullable Long pointsTotal, List<String> left) {
        synchronized (this) {
            description = found;
            progress = new Progress(0L, 0L, runsTotal, pointsTotal);
            summary = new Summary(List.of(), left, List.of(), 0L, List.of(), 0L);
        }
        save();
    }

    /** Records how much of the source has been read. */
    public synchronized void onProgress(long runs, long points) {
        progress = new Progress(runs, points, progress.runsTotal(), progress.pointsTotal());
    }

    /** Records that experiments, or runs of them, are imported. To be called by one thread. */
    public void onExperiments(Collection<Long> experimentIds) {
        List<Long> added = experimentIds.stream().filter(experiments::add).toList();
        if (!added.isEmpty()) {
            store.addExperiments(id, added);
        }
    }

    /** Returns whether to stop after the current batch. */
    public boolean isCancelled() {
        return cancelled || interrupted;
    }

    /** Has the import stop, because a user wants it. */
    public void cancel() {
        cancelled = true;
    }

    /** Has the import stop, because the program ends. */
    public void interrupt() {
        interrupted = true;
    }

    /** Runs an import and records its end, which may be a failure; passes exceptions on. */
    public <T> T run(Function<ImportRecorder, T> body, Function<T, Outcome> outcomeOf) {
        try {
            T result = body.apply(this);
            Outcome outcome = outcomeOf.apply(result);
            State early = interrupted ? State.INTERRUPTED : State.CANCELLED;
            end(outcome.complete() ? State.COMPLETED : early, null, outcome.summary());
            return result;
        } catch (KirokuException e) {
            end(State.FAILED, e.getMessage(), null);
            throw e;
        } catch (RuntimeException | Error e) {
            end(State.FAILED, "An internal error ended the import. The log of the server has the details.", null);
            throw e;
        }
    }

    /** @param last null to keep what is known of the source */
    private void end(State with, @Nullable String reason, @Nullable Summary last) {
        close();
        Map<String, Object> after = new TreeMap<>(Map.of("state", with.name()));
        synchronized (this) {
            state = with;
            message = reason;
            endTime = clock.millis();
            summary = last == null ? summary : last;
            summary.counts().forEach(count -> after.put(count.kind(), count.added() + count.updated()));
        }
        save();
        append("import.end", after);
    }

    private void append(String action, Map<String, Object> after) {
        var change = new ChangeContext(caller, clock.millis());
        audit.append(List.of(AuditEvent.of(change, action, "imports/" + id, null, null, after)));
    }

    private void save() {
        if (store.save(current())) {
            cancelled = true;
        }
    }

    private void saveRegularly() {
        try {
            while (!ended.await(INTERVAL_SECONDS, TimeUnit.SECONDS)) {
                try {
                    save();
                } catch (RuntimeException e) { // the database is unavailable: the import itself waits or fails
                    log.warn("The progress of an import cannot be saved, trying again: {}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops recording progress. Without an end, the import counts as interrupted. */
    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
